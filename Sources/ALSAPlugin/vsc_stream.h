// SPDX-License-Identifier: MIT
//
// Declarations for vsc_client.c (the link), vsc_stream.c (start, stop, position) and vsc_ring.c (samples).

#ifndef AES67_VSC_STREAM_H
#define AES67_VSC_STREAM_H

#include "vsc_client.h"
#include "vsc_link.h"
#include "vsc_pair.h"

#include <sys/types.h>

// The device's rate as a clock has it: frames per nanosecond, times 2^64.
static inline uint64_t vsc_nominal_rate(void) {
  __extension__ typedef unsigned __int128 wide;
  return (uint64_t)(((wide)AES67_RATE << 64) / 1000000000u);
}

struct vsc_client {
  pid_t process; // that made it; a child of fork() must not use shared state
  aes67_direction direction;
  uint32_t channels;
  vsc_pair_key key;

  // The link.
  vsc_link link;
  aes67_request request;
  vsc_link_state state;
  int64_t next_attempt; // detached: time of the next request
  int64_t deadline;     // requested: end of the wait
  int64_t next_probe;   // attached: time of the next check of the socket
  vsc_memory memory;
  aes67_clock_snapshot clock; // the last good reading

  // The stream.
  uint64_t base;    // ring position of stream position 0
  uint64_t written; // ring position where the program's samples end
  uint64_t ended;   // ring position where the last stream stopped; below base before any
  int64_t start;    // device frame of stream position 0
  uint64_t position;
  uint64_t xruns;
  bool running; // between start and stop, paused or not
  bool paused;
  bool paired; // start was taken from another stream
};

// Reads the clock anew while attached.
void vsc_stream_read_clock(vsc_client *client);

// True when this reading can drive a stream.
bool vsc_stream_clock_runs(const aes67_clock_snapshot *clock);

// Puts start and end in force for the daemon.
void vsc_stream_publish(vsc_client *client, uint64_t written_through);

// Zeroes ring positions [from, through).
void vsc_ring_silence(vsc_client *client, uint64_t from, uint64_t through);

// Copies ring positions [from, through) to another ring of the same shape.
void vsc_ring_copy(const vsc_client *client, int32_t *to, uint64_t from, uint64_t through);

#endif
