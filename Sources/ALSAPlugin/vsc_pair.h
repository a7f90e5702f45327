// SPDX-License-Identifier: MIT
//
// The two directions of one program start together.
//
// ALSA cannot link our streams, so programs start capture and playback one after the other, some
// frames apart. Their round trip would differ from start to start. Therefore the second stream
// takes over the start frame of the first if it comes before half a period of it has passed. A
// longer window would put a start so far into the past that the stream begins with an xrun.

#ifndef AES67_VSC_PAIR_H
#define AES67_VSC_PAIR_H

#include <stdbool.h>
#include <stdint.h>

// The values that two streams must have in common: the daemon instance and the clock of their frames.
typedef struct vsc_pair_key {
  uint64_t instance; // of the runtime directory's path
  int64_t born_ns;   // of the daemon, 0 while there never was one
} vsc_pair_key;

// One running stream, as its partner sees it.
typedef struct vsc_pair_entry {
  const void *stream; // the owner; NULL if the entry is free
  int32_t process;    // a child of fork() inherits the table, but not the streams in it
  uint32_t direction; // aes67_direction
  vsc_pair_key key;
  int64_t start_frame;
  uint32_t period_frames;
} vsc_pair_entry;

// Enters a starting stream. Returns true when `start_frame` was replaced by its partner's, which
// happens when the partner's first half period is not over at device frame `now_frame`.
bool vsc_pair_start(vsc_pair_entry *entry, int64_t now_frame);

void vsc_pair_stop(const void *stream);

#endif
