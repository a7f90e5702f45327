// SPDX-License-Identifier: MIT
#include "setup.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

void clinux_close(int fd) {
  int code = errno;
  close(fd);
  errno = code;
}

clinux_setup clinux_begin(clinux_failure *failure) {
  clinux_setup setup = {.fd = -1, .failure = failure};
  setup.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (setup.fd < 0)
    *failure = (clinux_failure){.call = CLINUX_CALL_SOCKET, .code = errno};
  return setup;
}

void clinux_step(clinux_setup *setup, clinux_call call, int answer) {
  if (setup->fd < 0 || answer == 0)
    return;
  *setup->failure = (clinux_failure){.call = call, .code = errno};
  close(setup->fd);
  setup->fd = -1;
}

void clinux_set(clinux_setup *setup, clinux_call call, int level, int option, int value) {
  if (setup->fd >= 0)
    clinux_step(setup, call, setsockopt(setup->fd, level, option, &value, sizeof value));
}

void clinux_bind(clinux_setup *setup, uint32_t address, uint16_t port) {
  struct sockaddr_in own = clinux_endpoint(address, port);
  if (setup->fd >= 0)
    clinux_step(setup, CLINUX_CALL_BIND, bind(setup->fd, (struct sockaddr *)&own, sizeof own));
}

void clinux_connect(clinux_setup *setup, uint32_t address, uint16_t port) {
  struct sockaddr_in there = clinux_endpoint(address, port);
  if (setup->fd >= 0)
    clinux_step(setup, CLINUX_CALL_CONNECT, connect(setup->fd, (struct sockaddr *)&there, sizeof there));
}

void clinux_set_buffer(clinux_setup *setup, clinux_call call, int forced, int plain, int bytes) {
  if (setup->fd >= 0 &&
      setsockopt(setup->fd, SOL_SOCKET, forced, &bytes, sizeof bytes) != 0)
    clinux_set(setup, call, SOL_SOCKET, plain, bytes);
}

void clinux_enter(clinux_setup *setup, uint32_t interface_index, uint32_t group, uint32_t source) {
  clinux_call call = source ? CLINUX_CALL_MCAST_JOIN_SOURCE_GROUP : CLINUX_CALL_IP_ADD_MEMBERSHIP;
  if (setup->fd >= 0)
    clinux_step(setup, call, clinux_join(setup->fd, interface_index, group, source));
}

void clinux_set_multicast_interface(
  clinux_setup *setup, uint32_t interface_index, uint32_t address) {
  struct ip_mreqn interface = {
    .imr_address = {.s_addr = htonl(address)}, .imr_ifindex = (int)interface_index};
  if (setup->fd >= 0)
    clinux_step(setup, CLINUX_CALL_IP_MULTICAST_IF,
      setsockopt(setup->fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface));
}

void clinux_set_departure(clinux_setup *setup, const clinux_departure *departure) {
  clinux_set_multicast_interface(setup, departure->interface_index, departure->address);
  clinux_set(setup, CLINUX_CALL_IP_MULTICAST_TTL, IPPROTO_IP, IP_MULTICAST_TTL, departure->ttl);
  clinux_set(setup, CLINUX_CALL_IP_TTL, IPPROTO_IP, IP_TTL, departure->ttl);
  clinux_set(setup, CLINUX_CALL_IP_MULTICAST_LOOP, IPPROTO_IP, IP_MULTICAST_LOOP, departure->loopback);
  clinux_set(setup, CLINUX_CALL_IP_TOS, IPPROTO_IP, IP_TOS, departure->dscp << 2);
}

int clinux_ask_interface(const char *interface_name, unsigned long request, void *argument) {
  struct ifreq question = {.ifr_data = argument};
  if (strlen(interface_name) >= sizeof question.ifr_name) {
    errno = ENODEV;
    return -1;
  }
  strcpy(question.ifr_name, interface_name);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  int answer = ioctl(fd, request, &question);
  clinux_close(fd);
  return answer < 0 ? -1 : 0;
}
