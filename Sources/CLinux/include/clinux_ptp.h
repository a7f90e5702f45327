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

// A socket bound to one interface and joined to both PTP groups. It never receives its own multicast.
int clinux_open_ptp(const clinux_ptp_options *options, clinux_failure *failure);

// 1 if no program of this host uses the port on that interface, 0 if one does, or -1 and errno.
int clinux_ptp_port_is_free(const char *interface_name, uint16_t port);

// The time at which a packet passed the kernel, on CLOCK_REALTIME and on the card's own clock; 0 if unknown.
typedef struct clinux_stamp {
  int64_t software_ns;
  int64_t hardware_ns;
} clinux_stamp;

// One packet without waiting: its length, or -1 and errno. `source` and `stamp` are filled.
ssize_t clinux_ptp_receive(
  int socket, void *bytes, size_t capacity, uint32_t *source, clinux_stamp *stamp);

// Reads one transmit timestamp from the error queue without waiting. `number` gets the number of its send,
// counted from 0 since the socket was made. Returns 1 if there was a timestamp, 0 if the queue is empty, 2 if
// it held something else, which has been removed, -1 and errno otherwise.
int clinux_ptp_transmit_stamp(int socket, uint32_t *number, clinux_stamp *stamp);

// Makes the kernel count the sends of this socket from 0 again; 0, or -1 and errno.
int clinux_ptp_restart_stamps(int socket);

#endif
