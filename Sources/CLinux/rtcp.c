// SPDX-License-Identifier: MIT
#include "setup.h"

int clinux_open_rtcp(const clinux_rtcp_options *options, clinux_failure *failure) {
  clinux_setup setup = clinux_begin(failure);
  clinux_set_departure(
    &setup, &(clinux_departure){options->interface_index, options->address, options->ttl,
              options->dscp, options->loopback});
  clinux_set(&setup, CLINUX_CALL_IP_MULTICAST_ALL, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  // Unicast streams to several hosts share the port; each receives only from its own receiver.
  clinux_set(&setup, CLINUX_CALL_SO_REUSEADDR, SOL_SOCKET, SO_REUSEADDR, 1);
  // A multicast stream has any number of receivers, so its socket is bound to the group; a unicast stream has one.
  if (clinux_is_multicast(options->destination)) {
    clinux_bind(&setup, options->destination, options->port);
    clinux_enter(&setup, options->interface_index, options->destination, 0);
  } else {
    clinux_bind(&setup, options->address, options->port);
    clinux_connect(&setup, options->destination, options->port);
  }
  return setup.fd;
}
