// SPDX-License-Identifier: MIT
#include "clinux_ptp.h"
#include "setup.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <string.h>

// 224.0.1.129 and, for the peer delay mechanism, 224.0.0.107 (IEEE 1588-2008, Annex D.3).
static const uint32_t groups[] = {0xE0000181, 0xE000006B};

// The numbers of OPT_ID count the sends of a socket, which therefore carries only event messages. Stamps are the
// kernel's or the card's; with both, a message would have two of them in the error queue.
enum {
  STAMPS = SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY,
  SOFTWARE_STAMPS = STAMPS | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
                    SOF_TIMESTAMPING_SOFTWARE,
  HARDWARE_STAMPS = STAMPS | SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE |
                    SOF_TIMESTAMPING_RAW_HARDWARE,
};

static void bind_to_device(clinux_setup *setup, const char *name) {
  if (setup->fd >= 0)
    clinux_step(setup, CLINUX_CALL_SO_BINDTODEVICE,
      setsockopt(setup->fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name)));
}

int clinux_open_ptp(const clinux_ptp_options *options, clinux_failure *failure) {
  clinux_setup setup = clinux_begin(failure);
  clinux_set(&setup, CLINUX_CALL_SO_REUSEADDR, SOL_SOCKET, SO_REUSEADDR, 1);
  bind_to_device(&setup, options->interface_name);
  clinux_bind(&setup, INADDR_ANY, options->port);
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
    clinux_enter(&setup, options->interface_index, groups[i], 0);
  clinux_set_multicast_interface(&setup, options->interface_index, 0);
  // Messages to the groups go no further than one hop, and their sender does not receive them.
  clinux_set(&setup, CLINUX_CALL_IP_MULTICAST_TTL, IPPROTO_IP, IP_MULTICAST_TTL, 1);
  clinux_set(&setup, CLINUX_CALL_IP_MULTICAST_LOOP, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
  clinux_set(&setup, CLINUX_CALL_IP_TOS, IPPROTO_IP, IP_TOS, options->dscp << 2);
  clinux_set(&setup, CLINUX_CALL_IP_MULTICAST_ALL, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  if (options->stamps)
    clinux_set(&setup, CLINUX_CALL_SO_TIMESTAMPING, SOL_SOCKET, SO_TIMESTAMPING,
      options->hardware ? HARDWARE_STAMPS : SOFTWARE_STAMPS);
  return setup.fd;
}

int clinux_ptp_port_is_free(const char *interface_name, uint16_t port) {
  clinux_failure failure = {0};
  clinux_setup setup = clinux_begin(&failure);
  bind_to_device(&setup, interface_name);
  // Without SO_REUSEADDR, with which two programs can have the port.
  clinux_bind(&setup, INADDR_ANY, port);
  if (setup.fd >= 0) {
    close(setup.fd);
    return 1;
  }
  errno = failure.code;
  return failure.code == EADDRINUSE ? 0 : -1;
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
  for (int i = 0; i < 2; i++) {
    int value = i == 0 ? flags & ~SOF_TIMESTAMPING_OPT_ID : flags;
    if (setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &value, sizeof value) != 0)
      return -1;
  }
  return 0;
}
