// SPDX-License-Identifier: MIT
#include "clinux_ptp.h"
#include "socket_tools.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <string.h>

static const char *const groups[] = {"224.0.1.129", "224.0.0.107"};

int clinux_open_ptp(const clinux_ptp_options *options, clinux_failure *failure) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return clinux_fail(fd, "socket", failure);
  if (!clinux_set(fd, SOL_SOCKET, SO_REUSEADDR, 1))
    return clinux_fail(fd, "SO_REUSEADDR", failure);
  const char *name = options->interface_name;
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name)) != 0)
    return clinux_fail(fd, "SO_BINDTODEVICE", failure);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(options->port)};
  if (bind(fd, (struct sockaddr *)&any, sizeof any) != 0)
    return clinux_fail(fd, "bind", failure);
  struct ip_mreqn group = {.imr_ifindex = (int)options->interface_index};
  if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) != 0)
    return clinux_fail(fd, "IP_MULTICAST_IF", failure);
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    inet_pton(AF_INET, groups[i], &group.imr_multiaddr);
    if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) != 0)
      return clinux_fail(fd, "IP_ADD_MEMBERSHIP", failure);
  }
  if (!clinux_set(fd, IPPROTO_IP, IP_MULTICAST_TTL, 1) ||
      !clinux_set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) ||
      !clinux_set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0))
    return clinux_fail(fd, "IP_MULTICAST", failure);
  if (!clinux_set(fd, IPPROTO_IP, IP_TOS, options->dscp << 2))
    return clinux_fail(fd, "IP_TOS", failure);
  // The numbers of OPT_ID count the sends of this socket: it carries event messages and no others.
  int stamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
               SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
  // One or the other, lest a message have two stamps in the error queue.
  if (options->hardware)
    stamps = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE |
             SOF_TIMESTAMPING_RAW_HARDWARE | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
  if (options->stamps && !clinux_set(fd, SOL_SOCKET, SO_TIMESTAMPING, stamps))
    return clinux_fail(fd, "SO_TIMESTAMPING", failure);
  return fd;
}

int clinux_ptp_port_is_free(const char *interface_name, uint16_t port) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  // Without SO_REUSEADDR, which lets two programs have it.
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t length = (socklen_t)strlen(interface_name);
  int result = setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface_name, length);
  if (result == 0)
    result = bind(fd, (struct sockaddr *)&any, sizeof any);
  int code = errno;
  close(fd);
  errno = code;
  if (result == 0)
    return 1;
  return code == EADDRINUSE ? 0 : -1;
}

static int64_t nanoseconds(const struct timespec *time) {
  return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static void take_stamp(const struct cmsghdr *message, clinux_stamp *stamp) {
  struct scm_timestamping times;
  if (message->cmsg_len < CMSG_LEN(sizeof times))
    return;
  memcpy(&times, CMSG_DATA(message), sizeof times);
  stamp->software_ns = nanoseconds(&times.ts[0]);
  stamp->hardware_ns = nanoseconds(&times.ts[2]);
}

ssize_t clinux_ptp_receive(
  int socket, void *bytes, size_t capacity, uint32_t *source, clinux_stamp *stamp) {
  struct sockaddr_in from = {0};
  struct iovec vector = {.iov_base = bytes, .iov_len = capacity};
  _Alignas(struct cmsghdr) char control[256];
  struct msghdr header = {.msg_name = &from,
    .msg_namelen = sizeof from,
    .msg_iov = &vector,
    .msg_iovlen = 1,
    .msg_control = control,
    .msg_controllen = sizeof control};
  *stamp = (clinux_stamp){0};
  ssize_t length = recvmsg(socket, &header, MSG_DONTWAIT);
  if (length < 0)
    return length;
  *source = ntohl(from.sin_addr.s_addr);
  for (struct cmsghdr *m = CMSG_FIRSTHDR(&header); m; m = CMSG_NXTHDR(&header, m))
    if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SO_TIMESTAMPING)
      take_stamp(m, stamp);
  return length;
}

int clinux_ptp_transmit_stamp(int socket, uint32_t *number, clinux_stamp *stamp) {
  char payload[64];
  struct iovec vector = {.iov_base = payload, .iov_len = sizeof payload};
  _Alignas(struct cmsghdr) char control[512];
  struct msghdr header = {.msg_iov = &vector,
    .msg_iovlen = 1,
    .msg_control = control,
    .msg_controllen = sizeof control};
  *stamp = (clinux_stamp){0};
  if (recvmsg(socket, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
  bool stamped = false;
  for (struct cmsghdr *m = CMSG_FIRSTHDR(&header); m; m = CMSG_NXTHDR(&header, m)) {
    if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SO_TIMESTAMPING)
      take_stamp(m, stamp);
    if (m->cmsg_level == SOL_IP && m->cmsg_type == IP_RECVERR) {
      struct sock_extended_err error;
      memcpy(&error, CMSG_DATA(m), sizeof error);
      if (error.ee_errno == ENOMSG && error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
        *number = error.ee_data;
        stamped = true;
      }
    }
  }
  return stamped ? 1 : 2;
}

int clinux_ptp_restart_stamps(int socket) {
  int flags = 0;
  socklen_t size = sizeof flags;
  if (getsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &flags, &size) != 0)
    return -1;
  // The count starts at 0 when the option is switched on (timestamping.rst, SOF_TIMESTAMPING_OPT_ID).
  return clinux_set(socket, SOL_SOCKET, SO_TIMESTAMPING, flags & ~SOF_TIMESTAMPING_OPT_ID) &&
             clinux_set(socket, SOL_SOCKET, SO_TIMESTAMPING, flags)
           ? 0
           : -1;
}

int clinux_ptp_send(
  int socket, const void *bytes, size_t count, uint32_t address, uint16_t port) {
  struct sockaddr_in to = clinux_endpoint(address, port);
  ssize_t sent = sendto(
    socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
  return sent < 0 ? -1 : 0;
}
