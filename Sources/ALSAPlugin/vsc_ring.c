// SPDX-License-Identifier: MIT
//
// Copies samples into and out of the rings. It keeps no state of the program: the application pointer
// is the position, in any order and with repetitions (mmap clients ask twice, some rewind).

#include "vsc_stream.h"

#include <string.h>

// The channels `frames` frames further on.
static void advance(
  sample_channel *to, const sample_channel *from, uint32_t channels, size_t frames) {
  for (uint32_t c = 0; c < channels; c++) {
    to[c].first = (char *)from[c].first + frames * from[c].step;
    to[c].step = from[c].step;
  }
}

// The number of those `frames` frames from `position` that lie before the end of the ring.
static size_t until_wrap(uint64_t position, uint64_t frames) {
  uint64_t room = AES67_RING_FRAMES - position % AES67_RING_FRAMES;
  return frames < room ? frames : room;
}

static int32_t *slot(const vsc_client *client, int32_t *ring, uint64_t position) {
  return ring + position % AES67_RING_FRAMES * client->channels;
}

void vsc_ring_silence(vsc_client *client, uint64_t from, uint64_t through) {
  if (client->direction != AES67_PLAYBACK || from >= through)
    return;
  if (through - from > AES67_RING_FRAMES)
    from = through - AES67_RING_FRAMES;
  int32_t *ring = aes67_client_ring(client->memory.client);
  for (size_t run; from < through; from += run) {
    run = until_wrap(from, through - from);
    memset(slot(client, ring, from), 0, run * client->channels * sizeof *ring);
  }
}

void vsc_ring_copy(const vsc_client *client, int32_t *to, uint64_t from, uint64_t through) {
  if (from >= through)
    return;
  if (through - from > AES67_RING_FRAMES)
    from = through - AES67_RING_FRAMES;
  int32_t *ring = aes67_client_ring(client->memory.client);
  for (size_t run; from < through; from += run) {
    run = until_wrap(from, through - from);
    memcpy(slot(client, to, from), slot(client, ring, from),
      run * client->channels * sizeof *ring);
  }
}

void vsc_ring_rewound(vsc_client *client, uint64_t application) {
  uint64_t through = client->base + application;
  if (client->direction != AES67_PLAYBACK || through >= client->written)
    return;
  client->written = through;
  if (client->running && !client->paused)
    aes67_client_extend(client->memory.client, through);
}

void vsc_ring_write(vsc_client *client, uint64_t application, sample_format format,
  const sample_channel *channels, size_t frames) {
  vsc_ring_rewound(client, application);
  uint64_t from = client->base + application;
  uint64_t through = from + frames;
  vsc_ring_silence(client, client->written, from);
  int32_t *ring = aes67_client_ring(client->memory.client);
  sample_channel at[AES67_CHANNELS];
  size_t done = 0;
  for (size_t run; done < frames; done += run) {
    run = until_wrap(from + done, frames - done);
    advance(at, channels, client->channels, done);
    samples_to_ring(format, slot(client, ring, from + done), at, client->channels, run);
  }
  client->written = through;
  if (client->running && !client->paused)
    aes67_client_extend(client->memory.client, through);
  aes67_client_set_stream_frames(client->memory.client, application + frames);
}

// Silences those of `frames` frames from device frame `first` that lie outside [from, through).
static void silence_outside(const vsc_client *client, sample_format format,
  const sample_channel *channels, int64_t first, size_t frames, int64_t from, int64_t through) {
  int64_t end = first + (int64_t)frames;
  if (through < from)
    through = from;
  size_t head = from <= first ? 0 : from >= end ? frames : (size_t)(from - first);
  size_t keep = through >= end ? frames : through <= first ? 0 : (size_t)(through - first);
  samples_silence(format, channels, client->channels, head);
  if (keep < head)
    keep = head;
  sample_channel tail[AES67_CHANNELS];
  advance(tail, channels, client->channels, keep);
  samples_silence(format, tail, client->channels, frames - keep);
}

void vsc_ring_read(vsc_client *client, uint64_t application, sample_format format,
  const sample_channel *channels, size_t frames) {
  aes67_client_set_stream_frames(client->memory.client, application + frames);
  aes67_device *device = (aes67_device *)client->memory.device; // mapped read-only, read only
  if (!device || client->direction != AES67_CAPTURE) {
    samples_silence(format, channels, client->channels, frames);
    return;
  }
  int64_t first = client->start + (int64_t)application;
  int64_t through = aes67_device_capture_valid_through(device);
  const int32_t *ring = aes67_device_capture_ring(device) + client->request.first_channel;
  sample_channel at[AES67_CHANNELS];
  size_t done = 0;
  for (size_t run; done < frames; done += run) {
    uint64_t frame = (uint64_t)first + done; // negative frames wrap evenly and are silenced below
    run = until_wrap(frame, frames - done);
    advance(at, channels, client->channels, done);
    samples_from_ring(format, ring + frame % AES67_RING_FRAMES * AES67_CHANNELS, AES67_CHANNELS, at,
      client->channels, run);
  }
  // Checked after the copy: frames that the daemon began to reuse meanwhile are silence, not a mixture.
  int64_t from = aes67_device_capture_valid_from(device);
  silence_outside(client, format, channels, first, frames, from, through);
}
