// SPDX-License-Identifier: MIT
#include "setup.h"

#include <string.h>

// Enough for a late thread that catches up: 17 packets of each of 64 streams.
enum { SEND_BUFFER_BYTES = 4 << 20 };

int clinux_open_sender(const clinux_sender_options *options, clinux_failure *failure) {
  clinux_setup setup = clinux_begin(failure);
  clinux_set_departure(
    &setup, &(clinux_departure){options->interface_index, options->address, options->ttl,
              options->dscp, options->loopback});
  clinux_set(&setup, CLINUX_CALL_IP_MTU_DISCOVER, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  clinux_set_buffer(&setup, CLINUX_CALL_SO_SNDBUF, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER_BYTES);
  clinux_bind(&setup, options->address, 0);
  if (options->destination != 0) {
    clinux_set(&setup, CLINUX_CALL_IP_RECVERR, IPPROTO_IP, IP_RECVERR, 1);
    clinux_connect(&setup, options->destination, options->destination_port);
  }
  return setup.fd;
}

static int change_membership(
  int fd, bool joins, uint32_t interface_index, uint32_t address, uint32_t only) {
  if (only == 0) {
    struct ip_mreqn group = {
      .imr_multiaddr = {.s_addr = htonl(address)}, .imr_ifindex = (int)interface_index};
    int option = joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
    return setsockopt(fd, IPPROTO_IP, option, &group, sizeof group);
  }
  struct group_source_req request = {.gsr_interface = interface_index};
  struct sockaddr_in group = clinux_endpoint(address, 0);
  struct sockaddr_in source = clinux_endpoint(only, 0);
  memcpy(&request.gsr_group, &group, sizeof group);
  memcpy(&request.gsr_source, &source, sizeof source);
  int option = joins ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP;
  return setsockopt(fd, IPPROTO_IP, option, &request, sizeof request);
}

int clinux_join(int socket, uint32_t interface_index, uint32_t group, uint32_t source) {
  return change_membership(socket, true, interface_index, group, source);
}

int clinux_leave(int socket, uint32_t interface_index, uint32_t group, uint32_t source) {
  return change_membership(socket, false, interface_index, group, source);
}

int clinux_open_receiver(const clinux_receiver_options *options, clinux_failure *failure) {
  clinux_setup setup = clinux_begin(failure);
  bool multicast = clinux_is_multicast(options->address);
  if (multicast) {
    // Several programs of one host may receive a group; a unicast port has one owner.
    clinux_set(&setup, CLINUX_CALL_SO_REUSEADDR, SOL_SOCKET, SO_REUSEADDR, 1);
    // Otherwise the socket would receive every group that any program of this host joins (NET-10).
    clinux_set(&setup, CLINUX_CALL_IP_MULTICAST_ALL, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  }
  clinux_set_buffer(&setup, CLINUX_CALL_SO_RCVBUF, SO_RCVBUFFORCE, SO_RCVBUF, options->buffer_bytes);
  clinux_bind(&setup, options->address, options->port);
  if (multicast)
    clinux_enter(&setup, options->interface_index, options->address, options->source);
  return setup.fd;
}
