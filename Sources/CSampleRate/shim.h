// SPDX-License-Identifier: MIT
//
// libsamplerate as the media thread uses it: the calls that neither allocate nor lock, which the allocation probe of
// the tests confirms. src_new and src_delete do allocate, and are the control side's.
#ifndef AES67_SAMPLERATE_H
#define AES67_SAMPLERATE_H

#include <samplerate.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "../realtime.h"

// A converter with buffers for input, output, and waiting frames; each interleaved.
typedef struct aes67_resampler {
  SRC_STATE *state;
  float *input;
  float *output;
  int32_t *staged;
} aes67_resampler;

// Safe to call after aes67_resampler_new has failed.
static inline void aes67_resampler_free(aes67_resampler *resampler) {
  if (resampler->state)
    src_delete(resampler->state);
  free(resampler->input);
  free(resampler->output);
  free(resampler->staged);
  *resampler = (aes67_resampler){0};
}

typedef struct aes67_conversion {
  const float *input;
  long input_frames; // reduced by the frames taken
  float *output;
  long output_capacity;
  long output_frames; // the frames made
  double ratio;       // frames made for each one taken
} aes67_conversion;

// Converts as much as possible. False for arguments that libsamplerate refuses.
AES67_REALTIME static inline bool aes67_resampler_convert(
  SRC_STATE *state, aes67_conversion *conversion) {
  SRC_DATA data = {
    .data_in = conversion->input,
    .input_frames = conversion->input_frames,
    .data_out = conversion->output,
    .output_frames = conversion->output_capacity,
    .src_ratio = conversion->ratio,
  };
  // Otherwise it would change gradually from the last ratio to this one, and the progress would be unknown.
  if (src_set_ratio(state, conversion->ratio) != 0 || src_process(state, &data) != 0)
    return false;
  conversion->input += data.input_frames_used * src_get_channels(state);
  conversion->input_frames -= data.input_frames_used;
  conversion->output_frames = data.output_frames_gen;
  return true;
}

// Discards all input.
AES67_REALTIME static inline void aes67_resampler_reset(SRC_STATE *state) { src_reset(state); }

// Allocates zeros and touches every page, so that the media thread causes no page fault at its first write.
static inline void *aes67_resampler_room(int frames, int channels, size_t sample_bytes) {
  size_t bytes = (size_t)frames * (size_t)channels * sample_bytes;
  volatile char *room = calloc(bytes, 1);
  if (room) {
    const size_t page_bytes = 4096; // the smallest that Linux has
    for (size_t offset = 0; offset < bytes; offset += page_bytes)
      room[offset] = 0;
  }
  return (void *)room;
}

// Converts silence and discards it, so that the tables and all of libsamplerate's own ring are resident for the media thread.
static inline void aes67_resampler_warm_up(const aes67_resampler *resampler, int input, int output) {
  // The input that fills the ring: 2.5 times half the fast filter at the greatest ratio, 256.
  long frames = 12320;
  do {
    aes67_conversion silence = {
      .input = resampler->input,
      .input_frames = input < output ? input : output,
      .output = resampler->output,
      .output_capacity = output,
      .ratio = 1,
    };
    long before = silence.input_frames;
    if (!aes67_resampler_convert(resampler->state, &silence) || silence.input_frames == before)
      break;
    frames -= before - silence.input_frames;
  } while (frames > 0);
  aes67_resampler_reset(resampler->state);
}

// False if there is no memory. The sizes are in frames.
static inline bool aes67_resampler_new(aes67_resampler *resampler, int channels, int input, int output, int staged) {
  int error = 0;
  *resampler = (aes67_resampler){
    .state = src_new(SRC_SINC_FASTEST, channels, &error),
    .input = aes67_resampler_room(input, channels, sizeof(float)),
    .output = aes67_resampler_room(output, channels, sizeof(float)),
    .staged = aes67_resampler_room(staged, channels, sizeof(int32_t)),
  };
  if (resampler->state && resampler->input && resampler->output && resampler->staged) {
    aes67_resampler_warm_up(resampler, input, output);
    return true;
  }
  aes67_resampler_free(resampler);
  return false;
}

#endif
