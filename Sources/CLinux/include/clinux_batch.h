// SPDX-License-Identifier: MIT
//
// Datagrams in batches: one kernel call sends or receives many. The arrays that sendmmsg and recvmmsg
// want are laid out once, so that a round touches only what changed.

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

// Memory for a batch; NULL when there is none.
clinux_batch *clinux_batch_create(void);
void clinux_batch_destroy(clinux_batch *batch);

// Where packet `index` lies: CLINUX_PACKET_BYTES bytes. Every index is below CLINUX_BATCH_PACKETS.
AES67_REALTIME uint8_t *clinux_batch_packet(clinux_batch *batch, int index);

// Says where packet `index` goes and how long it is. Address and port in host order.
AES67_REALTIME void clinux_batch_address(
  clinux_batch *batch, int index, uint32_t address, uint16_t port, int length);

// The same for a socket that is connected: it goes where that says.
AES67_REALTIME void clinux_batch_connected(clinux_batch *batch, int index, int length);

// Sends the packets from `first` on without waiting; how many the kernel took, or -errno.
AES67_REALTIME int clinux_batch_send(
  clinux_batch *batch, int socket, int first, int count);

// Receives at most `limit` packets, without waiting; how many there were, or -errno.
AES67_REALTIME int clinux_batch_receive(clinux_batch *batch, int socket, int limit);

// Of a received packet: its bytes (never more than CLINUX_PACKET_BYTES), and its sender.
AES67_REALTIME int clinux_batch_length(const clinux_batch *batch, int index);
AES67_REALTIME uint32_t clinux_batch_source(const clinux_batch *batch, int index);
AES67_REALTIME uint16_t clinux_batch_source_port(const clinux_batch *batch, int index);

// A poller for at most 64 sockets, each with a number of its own; -1 and errno when it cannot be.
int clinux_poller_create(void);
int clinux_poller_add(int poller, int socket, uint32_t number);
int clinux_poller_remove(int poller, int socket);
// From now on the poller reports the socket as readable, or does not. No socket of the poller's: nothing happens.
AES67_REALTIME void clinux_poller_change(int poller, int socket, uint32_t number, bool waits);

// A timer that a poller reports once each time it runs out, by its number; -1 and errno when it cannot be.
int clinux_timer_create(int poller, uint32_t number);

// Lets it run out at an instant of CLOCK_MONOTONIC, in nanoseconds, instead of at any other.
AES67_REALTIME void clinux_timer_set(int timer, int64_t nanoseconds);

// Waits until sockets are readable, at most `milliseconds`. Stores their numbers, at most
// CLINUX_BATCH_PACKETS; how many, 0 also when a signal came.
AES67_REALTIME int clinux_poller_wait(int poller, uint32_t *numbers, int milliseconds);

#endif
