// SPDX-License-Identifier: MIT
//
// UDP sockets for RTP. Each function makes a complete socket, or returns the call that failed.
// Addresses and ports in host order.

#ifndef CLINUX_SOCKET_H
#define CLINUX_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The steps in which a socket is made: a call, or the option of setsockopt that it sets. Closed, so that Swift
// knows all of them.
#if defined(__clang__)
#define CLINUX_CLOSED __attribute__((enum_extensibility(closed)))
#else
#define CLINUX_CLOSED
#endif
typedef enum CLINUX_CLOSED clinux_call {
  CLINUX_CALL_SOCKET,
  CLINUX_CALL_BIND,
  CLINUX_CALL_CONNECT,
  CLINUX_CALL_IP_ADD_MEMBERSHIP,
  CLINUX_CALL_IP_MTU_DISCOVER,
  CLINUX_CALL_IP_MULTICAST_ALL,
  CLINUX_CALL_IP_MULTICAST_IF,
  CLINUX_CALL_IP_MULTICAST_LOOP,
  CLINUX_CALL_IP_MULTICAST_TTL,
  CLINUX_CALL_IP_RECVERR,
  CLINUX_CALL_IP_TOS,
  CLINUX_CALL_IP_TTL,
  CLINUX_CALL_MCAST_JOIN_SOURCE_GROUP,
  CLINUX_CALL_SO_BINDTODEVICE,
  CLINUX_CALL_SO_RCVBUF,
  CLINUX_CALL_SO_REUSEADDR,
  CLINUX_CALL_SO_SNDBUF,
  CLINUX_CALL_SO_TIMESTAMPING,
} clinux_call;

// The step that failed and its errno.
typedef struct clinux_failure {
  clinux_call call;
  int code;
} clinux_failure;

typedef struct clinux_sender_options {
  uint32_t interface_index;
  uint32_t address; // our own, the packets' source
  uint32_t destination; // the one receiver of a unicast stream, or 0 for a socket that multicasts
  uint16_t destination_port;
  int ttl;
  int dscp;
  bool loopback;
} clinux_sender_options;

// A socket for all multicast senders, or for one unicast sender: never fragments (DF), multicasts through
// one interface. A unicast one is connected, and errors of the network or the receiver about its packets
// are in its error queue.
int clinux_open_sender(const clinux_sender_options *options, clinux_failure *failure);

typedef struct clinux_receiver_options {
  uint32_t interface_index;
  uint32_t address; // the multicast group, or our own unicast address
  uint16_t port;
  uint32_t source; // the only source to join, or 0 for any
  int buffer_bytes;
} clinux_receiver_options;

// A socket for one receiver: it receives only its own group and port, whatever others on this host join.
int clinux_open_receiver(const clinux_receiver_options *options, clinux_failure *failure);

typedef struct clinux_rtcp_options {
  uint32_t interface_index;
  uint32_t address; // our own, the packets' source
  uint32_t destination; // the stream's group, or its one receiver
  uint16_t port; // RTCP's, here and there
  int ttl;
  int dscp;
  bool loopback;
} clinux_rtcp_options;

// A socket for one sender's control packets, which also receives those of its receivers.
int clinux_open_rtcp(const clinux_rtcp_options *options, clinux_failure *failure);

// Joins a group on an interface, only for packets from `source` if that is not 0; and leaves it. 0, or -1 and errno.
int clinux_join(int socket, uint32_t interface_index, uint32_t group, uint32_t source);
int clinux_leave(int socket, uint32_t interface_index, uint32_t group, uint32_t source);

// Reads one error of a socket, queued or not, without waiting: its errno, 0 if there is none.
int clinux_take_error(int socket);

// One datagram, without waiting: 0, or -1 and errno. Then its counterpart: the length, or -1 and errno.
int clinux_send_to(int socket, const void *bytes, size_t count, uint32_t address, uint16_t port);
ssize_t clinux_receive_from(
  int socket, void *bytes, size_t capacity, uint32_t *address, uint16_t *port);

#endif
