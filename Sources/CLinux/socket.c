// SPDX-License-Identifier: MIT
#include "clinux_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(int socket, const char *call, clinux_failure *failure) {
  failure->call = call;
  failure->code = errno;
  if (socket >= 0)
    close(socket);
  return -1;
}

static struct sockaddr_in endpoint(uint32_t address, uint16_t port) {
  return (struct sockaddr_in){
    .sin_family = AF_INET, .sin_addr = {.s_addr = htonl(address)}, .sin_port = htons(port)};
}

static bool set(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof value) == 0;
}

int clinux_open_sender(const clinux_sender_options *options, clinux_failure *failure) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return fail(fd, "socket", failure);
  struct ip_mreqn interface = {
    .imr_address = {.s_addr = htonl(options->address)},
    .imr_ifindex = (int)options->interface_index,
  };
  if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface) != 0)
    return fail(fd, "IP_MULTICAST_IF", failure);
  if (!set(fd, IPPROTO_IP, IP_MULTICAST_TTL, options->ttl) ||
      !set(fd, IPPROTO_IP, IP_TTL, options->ttl))
    return fail(fd, "IP_TTL", failure);
  if (!set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, options->loopback))
    return fail(fd, "IP_MULTICAST_LOOP", failure);
  if (!set(fd, IPPROTO_IP, IP_TOS, options->dscp << 2))
    return fail(fd, "IP_TOS", failure);
  if (!set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO))
    return fail(fd, "IP_MTU_DISCOVER", failure);
  // Room for what a late thread catches up with: 17 packets of each of 64 streams.
  int room = 4 << 20;
  if (!set(fd, SOL_SOCKET, SO_SNDBUFFORCE, room) && !set(fd, SOL_SOCKET, SO_SNDBUF, room))
    return fail(fd, "SO_SNDBUF", failure);
  struct sockaddr_in own = endpoint(options->address, 0);
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0)
    return fail(fd, "bind", failure);
  return fd;
}

static bool join(int fd, const clinux_receiver_options *options) {
  if (options->source == 0) {
    struct ip_mreqn group = {
      .imr_multiaddr = {.s_addr = htonl(options->address)},
      .imr_ifindex = (int)options->interface_index,
    };
    return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0;
  }
  struct group_source_req request = {.gsr_interface = options->interface_index};
  struct sockaddr_in group = endpoint(options->address, 0);
  struct sockaddr_in source = endpoint(options->source, 0);
  memcpy(&request.gsr_group, &group, sizeof group);
  memcpy(&request.gsr_source, &source, sizeof source);
  return setsockopt(fd, IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, &request, sizeof request) == 0;
}

int clinux_open_receiver(const clinux_receiver_options *options, clinux_failure *failure) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return fail(fd, "socket", failure);
  bool multicast = options->address >> 28 == 0xE;
  // Several programs of one host may listen to a group; a unicast port has one owner.
  if (multicast && !set(fd, SOL_SOCKET, SO_REUSEADDR, 1))
    return fail(fd, "SO_REUSEADDR", failure);
  // The forced form needs CAP_NET_ADMIN and ignores net.core.rmem_max; the plain one is cut to it.
  if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, options->buffer_bytes) &&
      !set(fd, SOL_SOCKET, SO_RCVBUF, options->buffer_bytes))
    return fail(fd, "SO_RCVBUF", failure);
  // Without this the socket would hear every group that any program here joins (NET-10).
  if (multicast && !set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0))
    return fail(fd, "IP_MULTICAST_ALL", failure);
  struct sockaddr_in own = endpoint(options->address, options->port);
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0)
    return fail(fd, "bind", failure);
  if (multicast && !join(fd, options))
    return fail(fd, options->source ? "MCAST_JOIN_SOURCE_GROUP" : "IP_ADD_MEMBERSHIP", failure);
  return fd;
}
