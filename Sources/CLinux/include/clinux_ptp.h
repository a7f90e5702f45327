// SPDX-License-Identifier: MIT
//
// UDP sockets for PTP, with the kernel's time stamps (IEEE 1588-2008, Annex D; timestamping.rst).
// Addresses and ports in host order, times in nanoseconds.

#ifndef CLINUX_PTP_H
#define CLINUX_PTP_H

#include "clinux_socket.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct clinux_ptp_options {
  const char *interface_name;
  uint32_t interface_index;
  uint16_t port; // 319 for event messages, 320 for general ones
  int dscp;
  bool stamps; // software transmit and receive stamps
  bool hardware; // or the card's
} clinux_ptp_options;

// A socket bound to one interface and joined to both PTP groups. Never hears its own multicast.
int clinux_open_ptp(const clinux_ptp_options *options, clinux_failure *failure);

// 1 if no program of this host has the port for that interface, 0 if one has, or -1 and errno.
int clinux_ptp_port_is_free(const char *interface_name, uint16_t port);

// When a packet passed the kernel, on CLOCK_REALTIME and on the card's own clock; 0 where unknown.
typedef struct clinux_stamp {
  int64_t software_ns;
  int64_t hardware_ns;
} clinux_stamp;

// One packet without waiting: its length, or -1 and errno. `source` and `stamp` are filled.
ssize_t clinux_ptp_receive(
  int socket, void *bytes, size_t capacity, uint32_t *source, clinux_stamp *stamp);

// Takes one transmit stamp from the error queue without waiting. Which send of this socket it
// concerns, counted from 0 since the socket was made, goes to `number`. 1 when there was one, 0 when
// there is none, 2 when the queue held something else, which is then gone, -1 and errno otherwise.
int clinux_ptp_transmit_stamp(int socket, uint32_t *number, clinux_stamp *stamp);

// Makes the kernel count the sends of this socket from 0 again; 0, or -1 and errno.
int clinux_ptp_restart_stamps(int socket);

#endif
