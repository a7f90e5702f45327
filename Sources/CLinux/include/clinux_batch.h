// SPDX-License-Identifier: MIT
//
// Datagrams in batches: one kernel call sends or receives many. The arrays that sendmmsg and recvmmsg
// need are laid out once, so that a round only touches the parts that change.

#ifndef CLINUX_BATCH_H
#define CLINUX_BATCH_H


#include <stdbool.h>
#include <stdint.h>

#include "../../realtime.h"

enum {
  CLINUX_BATCH_PACKETS = 64,
  CLINUX_PACKET_BYTES = 2048, // more than any datagram that is not fragmented
};

typedef struct clinux_batch clinux_batch;

// Memory for a batch; NULL if there is none.
clinux_batch *clinux_batch_create(void);
void clinux_batch_destroy(clinux_batch *batch);

// The memory of packet `index`: CLINUX_PACKET_BYTES bytes. Every index is below CLINUX_BATCH_PACKETS.
AES67_REALTIME uint8_t *clinux_batch_packet(clinux_batch *batch, int index);

// Sets the destination and the length of packet `index`. Address and port in host order.
AES67_REALTIME void clinux_batch_address(
  clinux_batch *batch, int index, uint32_t address, uint16_t port, int length);

// The same for a connected socket, whose destination is fixed.
AES67_REALTIME void clinux_batch_connected(clinux_batch *batch, int index, int length);

// Sends the packets from `first` on without waiting. Returns the number that the kernel took, or -errno.
AES67_REALTIME int clinux_batch_send(
  clinux_batch *batch, int socket, int first, int count);

// Receives at most `limit` packets without waiting. Returns their number, or -errno.
AES67_REALTIME int clinux_batch_receive(clinux_batch *batch, int socket, int limit);

// The length of a received packet (at most CLINUX_PACKET_BYTES), and its sender.
AES67_REALTIME int clinux_batch_length(const clinux_batch *batch, int index);
AES67_REALTIME uint32_t clinux_batch_source(const clinux_batch *batch, int index);
AES67_REALTIME uint16_t clinux_batch_source_port(const clinux_batch *batch, int index);

// A poller for at most 64 sockets, each with a number of its own; -1 and errno on failure.
int clinux_poller_create(void);
int clinux_poller_add(int poller, int socket, uint32_t number);
int clinux_poller_remove(int poller, int socket);
// From now on the poller reports the socket as readable, or does not. No effect if the socket is not the poller's.
AES67_REALTIME void clinux_poller_change(int poller, int socket, uint32_t number, bool waits);

// A timer that a poller reports once each time it expires, by its number; -1 and errno on failure.
int clinux_timer_create(int poller, uint32_t number);

// Sets it to expire at an instant of CLOCK_MONOTONIC in nanoseconds, instead of its previous time.
AES67_REALTIME void clinux_timer_set(int timer, int64_t nanoseconds);

// Waits until sockets are readable, at most `milliseconds`. Stores their numbers, at most
// CLINUX_BATCH_PACKETS. Returns their count; 0 also after a signal.
AES67_REALTIME int clinux_poller_wait(int poller, uint32_t *numbers, int milliseconds);

#endif
