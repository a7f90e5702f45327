// SPDX-License-Identifier: MIT
#include "clinux_interfaces.h"
#include "setup.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>

_Static_assert(CLINUX_MESSAGE_ERROR == NLMSG_ERROR, "");
_Static_assert(CLINUX_MESSAGE_DONE == NLMSG_DONE, "");
_Static_assert(CLINUX_MESSAGE_LINK == RTM_NEWLINK, "");
_Static_assert(CLINUX_MESSAGE_ADDRESS == RTM_NEWADDR, "");
_Static_assert(CLINUX_MESSAGE_INTERRUPTED == NLM_F_DUMP_INTR, "");
_Static_assert(CLINUX_LINK_ADDRESS == IFLA_ADDRESS, "");
_Static_assert(CLINUX_LINK_NAME == IFLA_IFNAME, "");
_Static_assert(CLINUX_LINK_MASTER == IFLA_MASTER, "");
_Static_assert(CLINUX_LINK_INFO == IFLA_LINKINFO, "");
_Static_assert(CLINUX_LINK_INFO_KIND == IFLA_INFO_KIND, "");
_Static_assert(CLINUX_ADDRESS_ADDRESS == IFA_ADDRESS, "");
_Static_assert(CLINUX_ADDRESS_LOCAL == IFA_LOCAL, "");
_Static_assert(CLINUX_LINK_TYPE_ETHERNET == ARPHRD_ETHER, "");

// Bound to `groups`, whose notifications arrive without a request.
static int open_netlink(int more, unsigned groups) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | more, NETLINK_ROUTE);
  if (fd < 0)
    return -1;
  struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_groups = groups};
  if (bind(fd, (struct sockaddr *)&own, sizeof own) == 0)
    return fd;
  clinux_close(fd);
  return -1;
}

int clinux_open_interface_list(void) { return open_netlink(0, 0); }

static int request(int socket, uint16_t type, unsigned char family) {
  struct {
    struct nlmsghdr header;
    // Longer than ifaddrmsg, and otherwise the same: the family, then zeros.
    struct ifinfomsg body;
  } message = {
    .header = {.nlmsg_len = sizeof message, .nlmsg_type = type,
      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
    .body = {.ifi_family = family}};
  if (type == RTM_GETADDR)
    message.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg));
  return send(socket, &message, message.header.nlmsg_len, 0) < 0 ? -1 : 0;
}

int clinux_request_links(int socket) { return request(socket, RTM_GETLINK, AF_UNSPEC); }
int clinux_request_addresses(int socket) { return request(socket, RTM_GETADDR, AF_INET); }

ssize_t clinux_receive_list(int socket, void *bytes, size_t capacity) {
  ssize_t length = recv(socket, bytes, capacity, MSG_TRUNC);
  if (length <= (ssize_t)capacity)
    return length;
  errno = EMSGSIZE;
  return -1;
}

int clinux_open_interface_monitor(void) {
  return open_netlink(SOCK_NONBLOCK, RTMGRP_LINK | RTMGRP_IPV4_IFADDR);
}

int clinux_interfaces_changed(int monitor) {
  char message[8192];
  int changed = 0;
  // Their content is not used: after any message the complete list of interfaces is read. A message that
  // was lost for lack of space (ENOBUFS) therefore does no harm. Bounded; the next call reads the rest.
  for (int i = 0; i < 1024; i++) {
    if (recv(monitor, message, sizeof message, MSG_DONTWAIT) < 0 && errno != ENOBUFS)
      break;
    changed = 1;
  }
  return changed;
}
