// SPDX-License-Identifier: MIT
//
// The whole contract between aes67d and the programs that open the ALSA device `aes67`.
//
// Two kinds of shared memory exist, both made by the daemon:
//   * one *device page* with the capture ring behind it, which clients map read-only;
//   * one *client page* for each opened stream, with the playback ring behind it when the stream plays.
// A client asks for them over a SOCK_SEQPACKET socket (`aes67_request`, `aes67_reply`) and then holds
// the socket open for as long as it uses them: its end is the client's end.
//
// Samples in the rings are plain int32, written by one process while others may read them. By the letter of
// C11 (5.1.2.4) that is a data race. It does no harm: the windows that the atomic fields state keep reader and
// writer at different slots, an aligned int32 is never torn on the machines that we run on, and a process that
// leaves its window only gets wrong samples. To run both sides under ThreadSanitizer, suppress its reports about
// ring samples, and only those.
//
// Memory order is written here and nowhere else. Frames are counted by the *device clock*: they start
// near 0 when the daemon starts, and never step. *Positions* count frames of one client's ring.

#ifndef AES67_SHM_H
#define AES67_SHM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../realtime.h"

enum {
  AES67_MAGIC = 0x41363753, // "A67S": identifies the file
  AES67_ABI = 1,            // raised whenever anything below changes its place or meaning
  AES67_RATE = 48000,
  AES67_CHANNELS = 64,
  AES67_RING_FRAMES = 32768,    // a power of two; 683 ms
  // The largest ALSA buffer, about half of the ring. ALSA limits buffers in bytes, before it knows the
  // format; 8,640 frames of four-byte samples are 17,280 of two-byte ones.
  AES67_BUFFER_FRAMES_MAX = 17280,
  AES67_PLAYBACK_SLOTS = 16,
  AES67_CAPTURE_SLOTS = 64,
  AES67_CLIENT_SLOTS = AES67_PLAYBACK_SLOTS + AES67_CAPTURE_SLOTS,
  AES67_DEVICE_HEADER_BYTES = 16384,
  AES67_CLIENT_HEADER_BYTES = 4096,
  AES67_NAME_BYTES = 32,
  AES67_REASON_BYTES = 160,
};

typedef enum aes67_direction {
  AES67_PLAYBACK = 0,
  AES67_CAPTURE = 1,
} aes67_direction;

// The relation of the device clock to the network's clock.
typedef enum aes67_clock_state {
  AES67_CLOCK_FREE_RUNNING = 0, // CLOCK_MONOTONIC at its nominal rate
  AES67_CLOCK_ACQUIRING = 1,    // a master is known, not locked yet
  AES67_CLOCK_LOCKED = 2,       // follows a grandmaster
  AES67_CLOCK_HOLDOVER = 3,     // the grandmaster is gone, its rate is kept
  AES67_CLOCK_GRANDMASTER = 4,  // this host is the grandmaster
} aes67_clock_state;

// ---------------------------------------------------------------------------------------------
// The device clock

// One consistent reading of the device clock: an affine map from CLOCK_MONOTONIC to frames,
//   frame(t) = floor(frame + (fraction + (t - monotonic_ns) * rate) / 2^64).
typedef struct aes67_clock_snapshot {
  int64_t monotonic_ns; // CLOCK_MONOTONIC at the base of the map
  int64_t frame;        // device frame at the base
  uint64_t fraction;    // and its fraction, in 2^-64 frame
  uint64_t rate;        // frames per nanosecond, times 2^64
  int64_t media_offset; // media frame (PTP time x sample rate) = device frame + media_offset
  uint32_t state;       // aes67_clock_state
  uint32_t generation;  // raised by one with every re-base of media_offset
} aes67_clock_snapshot;

// The same in shared memory, under a sequence lock: odd while the daemon writes.
typedef struct aes67_clock {
  _Atomic uint32_t sequence;
  _Atomic uint32_t state;
  _Atomic int64_t monotonic_ns;
  _Atomic int64_t frame;
  _Atomic uint64_t fraction;
  _Atomic uint64_t rate;
  _Atomic int64_t media_offset;
  _Atomic uint32_t generation;
  uint32_t reserved;
} aes67_clock;

_Static_assert(sizeof(aes67_clock) == 56, "layout is ABI");
_Static_assert(offsetof(aes67_clock, monotonic_ns) == 8, "layout is ABI");
_Static_assert(offsetof(aes67_clock, media_offset) == 40, "layout is ABI");

// The published status of one client; the ctl plug-in shows it.
typedef struct aes67_client_status {
  _Atomic uint32_t in_use;     // 1 while a client holds the slot
  _Atomic uint32_t pid;        // 0 if unknown
  _Atomic uint32_t direction;  // aes67_direction
  _Atomic uint32_t channels;
  _Atomic uint32_t first_channel; // 0-based
  _Atomic uint32_t running;    // 1 between start and stop
  _Atomic int64_t start_frame; // device frame of the stream's first frame
  _Atomic uint64_t frames;     // written or read by the client since its start
  _Atomic uint64_t xruns;
  _Atomic uint32_t period_frames;
  _Atomic uint32_t buffer_frames;
  uint64_t reserved;
} aes67_client_status;

_Static_assert(sizeof(aes67_client_status) == 64, "layout is ABI");

// The head of the device memory. The capture ring follows at AES67_DEVICE_HEADER_BYTES:
// AES67_RING_FRAMES frames of AES67_CHANNELS interleaved int32, 24 significant bits at the top;
// device frame f lives in slot f mod AES67_RING_FRAMES.
typedef struct aes67_device {
  uint32_t magic;
  uint32_t abi;
  uint64_t total_bytes;
  uint32_t sample_rate;
  uint32_t channels;
  uint32_t ring_frames;
  uint32_t reserved0;
  int64_t born_ns;                     // CLOCK_MONOTONIC when this daemon made the memory
  _Atomic int64_t heartbeat_ns;        // CLOCK_MONOTONIC of the media thread's last round
  _Atomic uint32_t start_grid;         // streams start on multiples of this many media frames
  _Atomic uint32_t playback_latency;   // frames from hardware pointer to the wire
  _Atomic uint32_t capture_latency;    // frames from a sender's sampling instant to capture
  _Atomic uint32_t minimum_period;     // smallest period offered, in frames
  uint64_t reserved1[7];
  aes67_clock clock;                   // at 128
  uint64_t reserved2;
  _Atomic int64_t capture_valid_from;  // device frames outside [from, through) are silence
  _Atomic int64_t capture_valid_through;
  uint64_t reserved3[6];
  aes67_client_status clients[AES67_CLIENT_SLOTS]; // playback slots first
} aes67_device;

_Static_assert(offsetof(aes67_device, heartbeat_ns) == 40, "layout is ABI");
_Static_assert(offsetof(aes67_device, start_grid) == 48, "layout is ABI");
_Static_assert(offsetof(aes67_device, clock) == 120, "layout is ABI");
_Static_assert(offsetof(aes67_device, capture_valid_from) == 184, "layout is ABI");
_Static_assert(offsetof(aes67_device, clients) == 248, "layout is ABI");
_Static_assert(sizeof(aes67_device) <= AES67_DEVICE_HEADER_BYTES, "header fits");

// The head of one client's memory; the client writes it and the daemon trusts none of it. For
// playback the ring follows at AES67_CLIENT_HEADER_BYTES: AES67_RING_FRAMES frames of `channels`
// interleaved int32; position p lives in slot p mod AES67_RING_FRAMES and plays at device frame
// start_frame + p. The client stops by publishing a smaller written_through.
typedef struct aes67_client {
  uint32_t magic;
  uint32_t abi;
  uint64_t total_bytes;
  uint32_t direction;
  uint32_t channels;
  uint32_t first_channel;
  uint32_t reserved0;
  _Atomic uint32_t generation;  // odd: start_frame and written_through are in force; even: they change
  _Atomic uint32_t running;     // between start and stop; for people, the engine does not need it
  _Atomic int64_t start_frame;  // device frame of position 0
  _Atomic uint64_t written_through; // playback: positions below are valid; capture: read so far
  _Atomic int64_t stream_start; // device frame of the running stream's first frame, for status
  _Atomic uint64_t stream_frames; // frames the program has written or read since that start
  _Atomic uint64_t xruns;
  _Atomic uint32_t period_frames;
  _Atomic uint32_t buffer_frames;
} aes67_client;

_Static_assert(offsetof(aes67_client, generation) == 32, "layout is ABI");
_Static_assert(offsetof(aes67_client, start_frame) == 40, "layout is ABI");
_Static_assert(offsetof(aes67_client, buffer_frames) == 84, "layout is ABI");
_Static_assert(sizeof(aes67_client) <= AES67_CLIENT_HEADER_BYTES, "header fits");

// ---------------------------------------------------------------------------------------------
// The clients' socket: SOCK_SEQPACKET, one request, one reply with descriptors, then silence

typedef enum aes67_request_kind {
  AES67_ATTACH = 1,  // a stream: reply carries the device memory, then the client memory
  AES67_OBSERVE = 2, // the device page only (ctl plug-in): reply carries the device memory
} aes67_request_kind;

typedef struct aes67_request {
  uint32_t magic;
  uint32_t abi;
  uint32_t kind;
  uint32_t direction;
  uint32_t channels;
  uint32_t first_channel; // 0-based
  uint32_t period_frames;
  uint32_t buffer_frames;
  char name[AES67_NAME_BYTES]; // of the program, for people; not necessarily terminated
} aes67_request;

typedef struct aes67_reply {
  uint32_t magic;
  uint32_t abi;
  int32_t error; // 0, or an errno value: EBUSY, EINVAL, EPROTONOSUPPORT, ENOMEM
  uint32_t slot;
  char reason[AES67_REASON_BYTES]; // the problem and how to fix it; terminated
} aes67_reply;

_Static_assert(sizeof(aes67_request) == 64, "layout is ABI");
_Static_assert(sizeof(aes67_reply) == 176, "layout is ABI");

static inline size_t aes67_device_bytes(void) {
  return AES67_DEVICE_HEADER_BYTES +
         (size_t)AES67_RING_FRAMES * AES67_CHANNELS * sizeof(int32_t);
}

static inline size_t aes67_client_bytes(aes67_direction direction, uint32_t channels) {
  return AES67_CLIENT_HEADER_BYTES +
         (direction == AES67_PLAYBACK ? (size_t)AES67_RING_FRAMES * channels * sizeof(int32_t) : 0);
}

// ---------------------------------------------------------------------------------------------
// Accessors. Acquire and release on every field of a sequence lock stand in for fences, which the thread sanitizer does not model.
// Plain samples have fences: on ARM, later plain stores overtake a release store, and an acquire load overtakes plain loads.

#define AES67_LOAD(field) atomic_load_explicit(&(field), memory_order_acquire)
#define AES67_STORE(field, value) atomic_store_explicit(&(field), (value), memory_order_release)

// Publishes the clock. Only one thread may do so.
AES67_REALTIME static inline void aes67_clock_publish(
  aes67_clock *clock, const aes67_clock_snapshot *value) {
  uint32_t sequence = atomic_load_explicit(&clock->sequence, memory_order_relaxed);
  atomic_exchange_explicit(&clock->sequence, sequence + 1, memory_order_acq_rel);
  AES67_STORE(clock->monotonic_ns, value->monotonic_ns);
  AES67_STORE(clock->frame, value->frame);
  AES67_STORE(clock->fraction, value->fraction);
  AES67_STORE(clock->rate, value->rate);
  AES67_STORE(clock->media_offset, value->media_offset);
  AES67_STORE(clock->state, value->state);
  AES67_STORE(clock->generation, value->generation);
  AES67_STORE(clock->sequence, sequence + 2);
}

// Reads the clock. False if reads kept colliding with the writer: the caller continues with its last reading.
AES67_REALTIME static inline bool aes67_clock_read(
  const aes67_clock *clock, aes67_clock_snapshot *value) {
  for (int attempt = 0; attempt < 8; attempt++) {
    uint32_t before = AES67_LOAD(clock->sequence);
    if (before & 1)
      continue;
    aes67_clock_snapshot read = {
      .monotonic_ns = AES67_LOAD(clock->monotonic_ns),
      .frame = AES67_LOAD(clock->frame),
      .fraction = AES67_LOAD(clock->fraction),
      .rate = AES67_LOAD(clock->rate),
      .media_offset = AES67_LOAD(clock->media_offset),
      .state = AES67_LOAD(clock->state),
      .generation = AES67_LOAD(clock->generation),
    };
    if (AES67_LOAD(clock->sequence) == before) {
      *value = read;
      return true;
    }
  }
  return false;
}

// The published range of a client, read in one piece.
typedef struct aes67_playback_snapshot {
  int64_t start_frame;
  uint64_t written_through;
} aes67_playback_snapshot;

// Publishes a new start and a new end together. Only the client's audio thread may do so.
AES67_REALTIME static inline void aes67_client_publish(
  aes67_client *client, const aes67_playback_snapshot *value) {
  uint32_t generation = atomic_load_explicit(&client->generation, memory_order_relaxed);
  uint32_t odd = generation | 1;
  atomic_exchange_explicit(&client->generation, odd + 1, memory_order_acq_rel);
  AES67_STORE(client->start_frame, value->start_frame);
  AES67_STORE(client->written_through, value->written_through);
  AES67_STORE(client->generation, odd + 2);
}

// False before the first start, and while the client keeps changing it.
AES67_REALTIME static inline bool aes67_client_read(
  const aes67_client *client, aes67_playback_snapshot *value) {
  for (int attempt = 0; attempt < 8; attempt++) {
    uint32_t before = AES67_LOAD(client->generation);
    if (!(before & 1)) {
      if (before == 0)
        return false;
      continue;
    }
    aes67_playback_snapshot read = {
      .start_frame = AES67_LOAD(client->start_frame),
      .written_through = AES67_LOAD(client->written_through),
    };
    if (AES67_LOAD(client->generation) == before) {
      *value = read;
      return true;
    }
  }
  return false;
}

// Extends the published range: samples were written before, and the daemon may read them afterwards.
AES67_REALTIME static inline void aes67_client_extend(aes67_client *client, uint64_t through) {
  AES67_STORE(client->written_through, through);
}

AES67_REALTIME static inline void aes67_device_set_capture_valid(
  aes67_device *device, int64_t from, int64_t through) {
  AES67_STORE(device->capture_valid_from, from);
  AES67_STORE(device->capture_valid_through, through);
  atomic_thread_fence(memory_order_release);
}

AES67_REALTIME static inline int64_t aes67_device_capture_valid_from(const aes67_device *device) {
  atomic_thread_fence(memory_order_acquire);
  return AES67_LOAD(device->capture_valid_from);
}

AES67_REALTIME static inline int64_t aes67_device_capture_valid_through(
  const aes67_device *device) {
  return AES67_LOAD(device->capture_valid_through);
}

AES67_REALTIME static inline void aes67_device_beat(aes67_device *device, int64_t monotonic_ns) {
  AES67_STORE(device->heartbeat_ns, monotonic_ns);
}

AES67_REALTIME static inline int64_t aes67_device_heartbeat(const aes67_device *device) {
  return AES67_LOAD(device->heartbeat_ns);
}

// Plain fields of a page, set once before a client sees them or by one writer at a low rate.
#define AES67_FIELD(page, field, type)                                                             \
  AES67_REALTIME static inline type aes67_##page##_##field(const aes67_##page *p) {                \
    return AES67_LOAD(p->field);                                                                   \
  }                                                                                                \
  AES67_REALTIME static inline void aes67_##page##_set_##field(aes67_##page *p, type value) {      \
    AES67_STORE(p->field, value);                                                                  \
  }

AES67_FIELD(device, start_grid, uint32_t)
AES67_FIELD(device, playback_latency, uint32_t)
AES67_FIELD(device, capture_latency, uint32_t)
AES67_FIELD(device, minimum_period, uint32_t)
AES67_FIELD(client, running, uint32_t)
AES67_FIELD(client, stream_start, int64_t)
AES67_FIELD(client, stream_frames, uint64_t)
AES67_FIELD(client, xruns, uint64_t)
AES67_FIELD(client, period_frames, uint32_t)
AES67_FIELD(client, buffer_frames, uint32_t)
AES67_FIELD(client_status, in_use, uint32_t)
AES67_FIELD(client_status, pid, uint32_t)
AES67_FIELD(client_status, direction, uint32_t)
AES67_FIELD(client_status, channels, uint32_t)
AES67_FIELD(client_status, first_channel, uint32_t)
AES67_FIELD(client_status, running, uint32_t)
AES67_FIELD(client_status, start_frame, int64_t)
AES67_FIELD(client_status, frames, uint64_t)
AES67_FIELD(client_status, xruns, uint64_t)
AES67_FIELD(client_status, period_frames, uint32_t)
AES67_FIELD(client_status, buffer_frames, uint32_t)

// The address of clients[slot]; the caller has checked slot < AES67_CLIENT_SLOTS.
AES67_REALTIME static inline aes67_client_status *aes67_device_client_status(
  aes67_device *device, uint32_t slot) {
  return &device->clients[slot];
}

AES67_REALTIME static inline aes67_clock *aes67_device_clock(aes67_device *device) {
  return &device->clock;
}

AES67_REALTIME static inline int32_t *aes67_device_capture_ring(aes67_device *device) {
  return (int32_t *)((char *)device + AES67_DEVICE_HEADER_BYTES);
}

AES67_REALTIME static inline int32_t *aes67_client_ring(aes67_client *client) {
  return (int32_t *)((char *)client + AES67_CLIENT_HEADER_BYTES);
}

// ---------------------------------------------------------------------------------------------
// Reading the clock's map. 128-bit integers: exact for centuries in both directions.

AES67_REALTIME static inline int64_t aes67_clock_frame_at(
  const aes67_clock_snapshot *clock, int64_t monotonic_ns) {
  __int128 product = (__int128)(monotonic_ns - clock->monotonic_ns) * (__int128)clock->rate;
  return clock->frame + (int64_t)((product + (__int128)clock->fraction) >> 64);
}

// The first nanosecond at which frame_at() is not below `frame`.
AES67_REALTIME static inline int64_t aes67_clock_time_of(
  const aes67_clock_snapshot *clock, int64_t frame) {
  __int128 distance = ((__int128)(frame - clock->frame) << 64) - (__int128)clock->fraction;
  __int128 rate = (__int128)clock->rate;
  if (rate == 0)
    return clock->monotonic_ns;
  __int128 quotient = distance / rate;
  if (distance % rate > 0)
    quotient++;
  return clock->monotonic_ns + (int64_t)quotient;
}
#include "aes67_labels.h" // the channels' names, after everything else
#endif
