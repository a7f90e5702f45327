// SPDX-License-Identifier: MIT
//
// The network interfaces of this host over rtnetlink(7): their lists, and notifications of changes. The messages
// are parsed in Swift; here are the calls and the numbers that are macros.

#ifndef CLINUX_INTERFACES_H
#define CLINUX_INTERFACES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Types of messages, and of the attributes in them (linux/rtnetlink.h, if_link.h, if_addr.h).
enum {
  CLINUX_MESSAGE_ERROR = 2, // NLMSG_ERROR
  CLINUX_MESSAGE_DONE = 3,  // NLMSG_DONE
  CLINUX_MESSAGE_LINK = 16, // RTM_NEWLINK
  CLINUX_MESSAGE_ADDRESS = 20, // RTM_NEWADDR
  CLINUX_MESSAGE_INTERRUPTED = 0x10, // NLM_F_DUMP_INTR, a flag
  CLINUX_LINK_ADDRESS = 1, // IFLA_ADDRESS
  CLINUX_LINK_NAME = 3, // IFLA_IFNAME
  CLINUX_LINK_MASTER = 10, // IFLA_MASTER
  CLINUX_LINK_INFO = 18, // IFLA_LINKINFO, which holds attributes
  CLINUX_LINK_INFO_KIND = 1, // IFLA_INFO_KIND, in that
  CLINUX_ADDRESS_ADDRESS = 1, // IFA_ADDRESS
  CLINUX_ADDRESS_LOCAL = 2, // IFA_LOCAL
  CLINUX_LINK_TYPE_ETHERNET = 1, // ARPHRD_ETHER
};

// A socket that requests lists and receives them.
int clinux_open_interface_list(void);

// Requests all links, or for all IPv4 addresses; 0, or -1 and errno.
int clinux_request_links(int socket);
int clinux_request_addresses(int socket);

// The next part of the answer, which is already queued: its length, or -1 and errno (EMSGSIZE if it is
// longer than `capacity`).
ssize_t clinux_receive_list(int socket, void *bytes, size_t capacity);

// A socket that becomes readable when an interface or an IPv4 address of this host appears, disappears or changes.
// The second function reads all notifications, and returns 1 if there were any, 0 otherwise.
int clinux_open_interface_monitor(void);
int clinux_interfaces_changed(int monitor);

#endif
