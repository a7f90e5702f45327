// SPDX-License-Identifier: MIT
//
// One stream of the virtual sound card, in the program that opened it. This part does not use ALSA.
// Time is an argument (`now`: CLOCK_MONOTONIC in nanoseconds), so that tests can choose it.
//
// Positions that cross this interface are *stream positions*: frames since prepare, what ALSA calls
// the hardware pointer and the application pointer. Two more counts live inside: device frames (the
// daemon's clock) and ring positions, which never restart:
//
//   device frame  = start + stream position
//   ring position = base  + stream position      (base moves up at a prepare after a start)
//
// A stream always runs. With a daemon, it runs on the daemon's clock. Without one it free-runs: on
// the last daemon's clock or, if there never was one, on CLOCK_MONOTONIC at 48 kHz. Capture is
// silence then, and played audio is discarded. vsc_client_service finds a new daemon and moves the
// running stream there: its position continues without a jump, and only its start frame changes.

#ifndef AES67_VSC_CLIENT_H
#define AES67_VSC_CLIENT_H

#include "aes67_shm.h"
#include "sample_format.h"
#include "vsc_memory.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum vsc_link_state {
  VSC_DETACHED = 0,     // free-running; asks for a daemon every 250 ms
  VSC_REQUESTED = 1,    // free-running; asked, no reply yet
  VSC_ATTACHED = 2,     // on a daemon's clock
  VSC_INCOMPATIBLE = 3, // the daemon is of another release; final
} vsc_link_state;

typedef struct vsc_client vsc_client;

// Makes a stream without memory yet; cheap, and without any contact to the daemon. NULL with errno:
// ENAMETOOLONG (the runtime directory's path does not fit a socket address) or ENOMEM.
vsc_client *vsc_client_new(const char *runtime_directory, aes67_direction direction,
  uint32_t channels, uint32_t first_channel);

// Frees everything. In a child of fork() the parent's stream continues undisturbed.
void vsc_client_free(vsc_client *client);

// Asks the daemon of a runtime directory, waiting for at most 500 ms: 0 with the minimum period in
// frames; -ENOENT if none runs there; any other negative errno if one does, or may, and refuses or
// does not answer.
int vsc_client_look(const char *runtime_directory, uint32_t *minimum_period);

// A number for the daemon instance that the stream belongs to.
uint64_t vsc_client_instance(const vsc_client *client);

// Takes a slot and memory from the daemon, waiting for at most 500 ms; free-runs if none answers.
// A negative errno, with its reason, if a daemon refuses.
int vsc_client_attach(vsc_client *client, uint32_t period_frames, uint32_t buffer_frames,
  int64_t now, char reason[AES67_REASON_BYTES]);

// Returns slot and memory.
void vsc_client_detach(vsc_client *client);

// Moves the stream to this memory, with its queued frames, and unmaps the old memory. False without
// any effect if the daemon's clock does not run yet. The stream then owns the memory.
bool vsc_client_move(vsc_client *client, const vsc_memory *memory, int64_t now);

// To be called often: detects a dead daemon and finds a new one. Normally costs two loads.
vsc_link_state vsc_client_service(vsc_client *client, int64_t now);

// Start, stop and position: vsc_stream.c.

// Stops, and sets the position to 0. Frames written so far will not be played.
void vsc_stream_prepare(vsc_client *client, int64_t now);

// Starts, and returns the device frame of position 0: the next frame at least one period ahead that
// begins a packet, or the start of this program's other direction if that began just now. Call
// again if vsc_stream_missed_start returns true, because this thread was delayed meanwhile.
int64_t vsc_stream_start(vsc_client *client, int64_t now);
bool vsc_stream_missed_start(const vsc_client *client, int64_t now);

// Stops; frames beyond the position are not played. Harmless if nothing runs.
void vsc_stream_stop(vsc_client *client, int64_t now);
void vsc_stream_stop_for_xrun(vsc_client *client, int64_t now);

// Freezes the position, or lets it continue. Frames that a capture stream did not read
// before the pause are lost.
void vsc_stream_pause(vsc_client *client, bool pause, int64_t now);

// The hardware pointer: 0 until the start frame, never smaller than it was.
uint64_t vsc_stream_position(vsc_client *client, int64_t now);

// The time at which the hardware pointer will be `position`. Only for a running stream.
int64_t vsc_stream_time_of(const vsc_client *client, uint64_t position);

// Frames from now until the start frame, 0 afterwards.
uint64_t vsc_stream_frames_to_start(const vsc_client *client, int64_t now);

// Frames from the hardware pointer to the wire, or from the sender's sampling instant to us.
uint32_t vsc_stream_latency(const vsc_client *client);

// The minimum period of the daemon.
uint32_t vsc_stream_minimum_period(const vsc_client *client);

// Samples: vsc_ring.c.

// Writes frames at the application pointer. A gap after the last written frame becomes silence;
// frames beyond are withdrawn.
void vsc_ring_write(vsc_client *client, uint64_t application, sample_format format,
  const sample_channel *channels, size_t frames);

// Withdraws frames beyond the application pointer (the program rewound).
void vsc_ring_rewound(vsc_client *client, uint64_t application);

// Reads frames at the application pointer; missing ones are silence.
void vsc_ring_read(vsc_client *client, uint64_t application, sample_format format,
  const sample_channel *channels, size_t frames);

// For diagnosis and tests: vsc_stream.c.
typedef struct vsc_stream_info {
  vsc_link_state state;
  uint32_t slot;
  int64_t start_frame;
  int64_t media_offset;
  uint64_t xruns;
  bool running;
} vsc_stream_info;
vsc_stream_info vsc_stream_look(const vsc_client *client);

#endif
