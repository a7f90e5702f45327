// SPDX-License-Identifier: MIT
//
// Conversion between a program's samples and the shared rings.
//
// A ring holds interleaved int32, left-justified, of which the top 24 bits are used, as in L24.
// The conversions lose nothing that 24 bits can hold, never dither and never depend on the rounding
// mode of the program we are loaded into:
//   S32    its top 24 bits (truncated);            back: the same, low byte 0
//   S24    the low 24 bits of 32, top byte ignored; back: sign-extended
//   S24_3  24 bits in three bytes;                  back: the same
//   S16    its 16 bits, low byte 0;                 back: the top 16 bits (truncated)
//   FLOAT  nearest of 2^24 steps, ties away from 0, saturated at [-1, 1), NaN is silence; back: exact

#ifndef AES67_SAMPLE_FORMAT_H
#define AES67_SAMPLE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

// All are little-endian, as on the machines we run on.
typedef enum sample_format {
  SAMPLE_S32 = 0,
  SAMPLE_S24 = 1,
  SAMPLE_S24_3 = 2,
  SAMPLE_S16 = 3,
  SAMPLE_FLOAT = 4,
} sample_format;

// Where one channel's samples are in a program's buffer. The channels of a buffer may lie frame by
// frame (interleaved) or each on its own.
typedef struct sample_channel {
  void *first; // its first sample, of any alignment
  size_t step; // bytes from one sample to the next
} sample_channel;

size_t sample_bytes(sample_format format);

// Writes `frames` frames of `count` channels into a stretch of ring with the same channel count.
void samples_to_ring(sample_format format, int32_t *ring, const sample_channel *channels,
  uint32_t count, size_t frames);

// Reads `count` channels from a stretch of ring that has `ring_channels` of them; `ring` points at
// the first one wanted.
void samples_from_ring(sample_format format, const int32_t *ring, uint32_t ring_channels,
  const sample_channel *channels, uint32_t count, size_t frames);

// Zero is silence in every format.
void samples_silence(
  sample_format format, const sample_channel *channels, uint32_t count, size_t frames);

#endif
