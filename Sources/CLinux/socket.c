// SPDX-License-Identifier: MIT
#include "socket_tools.h"

#include <string.h>

int clinux_open_sender(const clinux_sender_options *options, clinux_failure *failure) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return clinux_fail(fd, "socket", failure);
  const char *failed = clinux_set_departure(
    fd, options->interface_index, options->address, options->ttl, options->dscp, options->loopback);
  if (failed)
    return clinux_fail(fd, failed, failure);
  if (!clinux_set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO))
    return clinux_fail(fd, "IP_MTU_DISCOVER", failure);
  // Room for what a late thread catches up with: 17 packets of each of 64 streams.
  int room = 4 << 20;
  if (!clinux_set(fd, SOL_SOCKET, SO_SNDBUFFORCE, room) &&
      !clinux_set(fd, SOL_SOCKET, SO_SNDBUF, room))
    return clinux_fail(fd, "SO_SNDBUF", failure);
  struct sockaddr_in own = clinux_endpoint(options->address, 0);
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0)
    return clinux_fail(fd, "bind", failure);
  if (options->destination == 0)
    return fd;
  struct sockaddr_in there = clinux_endpoint(options->destination, options->destination_port);
  if (!clinux_set(fd, IPPROTO_IP, IP_RECVERR, 1))
    return clinux_fail(fd, "IP_RECVERR", failure);
  if (connect(fd, (struct sockaddr *)&there, sizeof there) != 0)
    return clinux_fail(fd, "connect", failure);
  return fd;
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
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return clinux_fail(fd, "socket", failure);
  bool multicast = clinux_is_multicast(options->address);
  // Several programs of one host may listen to a group; a unicast port has one owner.
  if (multicast && !clinux_set(fd, SOL_SOCKET, SO_REUSEADDR, 1))
    return clinux_fail(fd, "SO_REUSEADDR", failure);
  // The forced form needs CAP_NET_ADMIN and ignores net.core.rmem_max; the plain one is cut to it.
  if (!clinux_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, options->buffer_bytes) &&
      !clinux_set(fd, SOL_SOCKET, SO_RCVBUF, options->buffer_bytes))
    return clinux_fail(fd, "SO_RCVBUF", failure);
  // Without this the socket would hear every group that any program here joins (NET-10).
  if (multicast && !clinux_set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0))
    return clinux_fail(fd, "IP_MULTICAST_ALL", failure);
  struct sockaddr_in own = clinux_endpoint(options->address, options->port);
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0)
    return clinux_fail(fd, "bind", failure);
  if (multicast &&
      clinux_join(fd, options->interface_index, options->address, options->source) != 0)
    return clinux_fail(
      fd, options->source ? "MCAST_JOIN_SOURCE_GROUP" : "IP_ADD_MEMBERSHIP", failure);
  return fd;
}
