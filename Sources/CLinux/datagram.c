// SPDX-License-Identifier: MIT
#include "setup.h"

#include <linux/errqueue.h>
#include <string.h>

int clinux_take_error(int socket) {
  _Alignas(struct cmsghdr) char control[256];
  char bytes[64];
  struct iovec vector = {.iov_base = bytes, .iov_len = sizeof bytes};
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
    // The kernel notes an error a moment after it has queued it, and also when the queue is full. If it
    // stayed there, every poll would return at once.
    int code = 0;
    socklen_t length = sizeof code;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : 0;
  }
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR)
      continue;
    struct sock_extended_err error;
    memcpy(&error, CMSG_DATA(c), sizeof error);
    return (int)error.ee_errno;
  }
  return EIO;
}

int clinux_send_to(int socket, const void *bytes, size_t count, uint32_t address, uint16_t port) {
  struct sockaddr_in there = clinux_endpoint(address, port);
  ssize_t sent = sendto(
    socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&there, sizeof there);
  return sent < 0 ? -1 : 0;
}

ssize_t clinux_receive_from(
  int socket, void *bytes, size_t capacity, uint32_t *address, uint16_t *port) {
  struct sockaddr_in there = {0};
  socklen_t length = sizeof there;
  ssize_t count =
    recvfrom(socket, bytes, capacity, MSG_DONTWAIT, (struct sockaddr *)&there, &length);
  *address = ntohl(there.sin_addr.s_addr);
  *port = ntohs(there.sin_port);
  return count;
}
