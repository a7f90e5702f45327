// SPDX-License-Identifier: MIT
//
// What the files of this module that open sockets have in common.

#ifndef CLINUX_SOCKET_TOOLS_H
#define CLINUX_SOCKET_TOOLS_H

#include "clinux_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int clinux_fail(int socket, const char *call, clinux_failure *failure) {
  failure->call = call;
  failure->code = errno;
  if (socket >= 0)
    close(socket);
  return -1;
}

static inline struct sockaddr_in clinux_endpoint(uint32_t address, uint16_t port) {
  return (struct sockaddr_in){
    .sin_family = AF_INET, .sin_addr = {.s_addr = htonl(address)}, .sin_port = htons(port)};
}

static inline bool clinux_set(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof value) == 0;
}

static inline bool clinux_is_multicast(uint32_t address) { return address >> 28 == 0xE; }

// How packets leave: `address` as their source. The call that failed, or NULL.
static inline const char *clinux_set_departure(
  int fd, uint32_t interface_index, uint32_t address, int ttl, int dscp, bool loopback) {
  struct ip_mreqn interface = {
    .imr_address = {.s_addr = htonl(address)}, .imr_ifindex = (int)interface_index};
  if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface) != 0)
    return "IP_MULTICAST_IF";
  if (!clinux_set(fd, IPPROTO_IP, IP_MULTICAST_TTL, ttl) ||
      !clinux_set(fd, IPPROTO_IP, IP_TTL, ttl))
    return "IP_TTL";
  if (!clinux_set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, loopback))
    return "IP_MULTICAST_LOOP";
  return clinux_set(fd, IPPROTO_IP, IP_TOS, dscp << 2) ? NULL : "IP_TOS";
}

#endif
