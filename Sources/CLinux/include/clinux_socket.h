// SPDX-License-Identifier: MIT
//
// UDP sockets for RTP. Each function makes the socket whole or says which call failed.
// Addresses and ports in host order.

#ifndef CLINUX_SOCKET_H
#define CLINUX_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

// The call that failed and its errno, for a message.
typedef struct clinux_failure {
  const char *call;
  int code;
} clinux_failure;

typedef struct clinux_sender_options {
  uint32_t interface_index;
  uint32_t address; // our own, the packets' source
  int ttl;
  int dscp;
  bool loopback;
} clinux_sender_options;

// A socket for all senders: never fragments (DF), multicasts through one interface.
int clinux_open_sender(const clinux_sender_options *options, clinux_failure *failure);

typedef struct clinux_receiver_options {
  uint32_t interface_index;
  uint32_t address; // the multicast group, or our own unicast address
  uint16_t port;
  uint32_t source; // the only source to join, or 0 for any
  int buffer_bytes;
} clinux_receiver_options;

// A socket for one receiver: it hears its own group and port alone, whatever others on this host join.
int clinux_open_receiver(const clinux_receiver_options *options, clinux_failure *failure);

#endif
