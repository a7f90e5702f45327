// SPDX-License-Identifier: MIT
//
// Each format is two short loops over a run of samples. The code for the buffers' layouts, common to
// all formats, follows them.

#include "sample_format.h"

#include <stdbool.h>
#include <string.h>

// A run of samples with a fixed step on both sides: `ring_step` in ring words, `step` in bytes.
typedef void to_ring_run(
  int32_t *ring, size_t ring_step, const unsigned char *sample, size_t step, size_t count);
typedef void from_ring_run(
  const int32_t *ring, size_t ring_step, unsigned char *sample, size_t step, size_t count);

#define FOR_RUN for (; count > 0; count--, ring += ring_step, sample += step)

static void s32_to_ring(
  int32_t *ring, size_t ring_step, const unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    uint32_t value;
    memcpy(&value, sample, sizeof value);
    *ring = (int32_t)(value & 0xffffff00u);
  }
}

static void s32_from_ring(
  const int32_t *ring, size_t ring_step, unsigned char *sample, size_t step, size_t count) {
  FOR_RUN memcpy(sample, ring, sizeof *ring);
}

static void s24_to_ring(
  int32_t *ring, size_t ring_step, const unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    uint32_t value;
    memcpy(&value, sample, sizeof value);
    *ring = (int32_t)(value << 8);
  }
}

static void s24_from_ring(
  const int32_t *ring, size_t ring_step, unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    int32_t value = *ring >> 8;
    memcpy(sample, &value, sizeof value);
  }
}

static void s24_3_to_ring(
  int32_t *ring, size_t ring_step, const unsigned char *sample, size_t step, size_t count) {
  FOR_RUN *ring =
    (int32_t)((uint32_t)sample[0] << 8 | (uint32_t)sample[1] << 16 | (uint32_t)sample[2] << 24);
}

static void s24_3_from_ring(
  const int32_t *ring, size_t ring_step, unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    uint32_t value = (uint32_t)*ring;
    sample[0] = (unsigned char)(value >> 8);
    sample[1] = (unsigned char)(value >> 16);
    sample[2] = (unsigned char)(value >> 24);
  }
}

static void s16_to_ring(
  int32_t *ring, size_t ring_step, const unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    uint16_t value;
    memcpy(&value, sample, sizeof value);
    *ring = (int32_t)((uint32_t)value << 16);
  }
}

static void s16_from_ring(
  const int32_t *ring, size_t ring_step, unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    int16_t value = (int16_t)(*ring >> 16);
    memcpy(sample, &value, sizeof value);
  }
}

static int32_t from_float(float sample) {
  double scaled = (double)sample * 8388608.0; // exact; written so that NaN fails every comparison
  if (scaled >= 8388607.0)
    return INT32_MAX & ~0xff;
  if (scaled <= -8388608.0)
    return INT32_MIN;
  if (scaled >= 0)
    return (int32_t)(scaled + 0.5) * 256;
  if (scaled < 0)
    return (int32_t)(scaled - 0.5) * 256;
  return 0;
}

static void float_to_ring(
  int32_t *ring, size_t ring_step, const unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    float value;
    memcpy(&value, sample, sizeof value);
    *ring = from_float(value);
  }
}

static void float_from_ring(
  const int32_t *ring, size_t ring_step, unsigned char *sample, size_t step, size_t count) {
  FOR_RUN {
    float value = (float)(*ring >> 8) * (1.0f / 8388608.0f);
    memcpy(sample, &value, sizeof value);
  }
}

static const struct {
  size_t bytes;
  to_ring_run *to_ring;
  from_ring_run *from_ring;
} formats[] = {
  [SAMPLE_S32] = {4, s32_to_ring, s32_from_ring},
  [SAMPLE_S24] = {4, s24_to_ring, s24_from_ring},
  [SAMPLE_S24_3] = {3, s24_3_to_ring, s24_3_from_ring},
  [SAMPLE_S16] = {2, s16_to_ring, s16_from_ring},
  [SAMPLE_FLOAT] = {4, float_to_ring, float_from_ring},
};

size_t sample_bytes(sample_format format) { return formats[format].bytes; }

// True when each frame's samples lie side by side: a frame is then one run.
static bool interleaved(sample_format format, const sample_channel *channels, uint32_t count) {
  const char *first = channels[0].first;
  for (uint32_t c = 0; c < count; c++)
    if ((const char *)channels[c].first != first + c * formats[format].bytes ||
        channels[c].step != channels[0].step)
      return false;
  return true;
}

void samples_to_ring(sample_format format, int32_t *ring, const sample_channel *channels,
  uint32_t count, size_t frames) {
  to_ring_run *run = formats[format].to_ring;
  size_t bytes = formats[format].bytes;
  if (interleaved(format, channels, count)) {
    const unsigned char *frame = channels[0].first;
    if (channels[0].step == count * bytes) {
      run(ring, 1, frame, bytes, frames * count);
      return;
    }
    for (size_t f = 0; f < frames; f++, ring += count, frame += channels[0].step)
      run(ring, 1, frame, bytes, count);
    return;
  }
  for (uint32_t c = 0; c < count; c++)
    run(ring + c, count, channels[c].first, channels[c].step, frames);
}

void samples_from_ring(sample_format format, const int32_t *ring, uint32_t ring_channels,
  const sample_channel *channels, uint32_t count, size_t frames) {
  from_ring_run *run = formats[format].from_ring;
  size_t bytes = formats[format].bytes;
  if (interleaved(format, channels, count)) {
    unsigned char *frame = channels[0].first;
    for (size_t f = 0; f < frames; f++, ring += ring_channels, frame += channels[0].step)
      run(ring, 1, frame, bytes, count);
    return;
  }
  for (uint32_t c = 0; c < count; c++)
    run(ring + c, ring_channels, channels[c].first, channels[c].step, frames);
}

void samples_silence(
  sample_format format, const sample_channel *channels, uint32_t count, size_t frames) {
  size_t bytes = formats[format].bytes;
  for (uint32_t c = 0; c < count; c++) {
    unsigned char *sample = channels[c].first;
    for (size_t f = 0; f < frames; f++, sample += channels[c].step)
      memset(sample, 0, bytes);
  }
}
