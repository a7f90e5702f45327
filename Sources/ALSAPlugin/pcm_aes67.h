// SPDX-License-Identifier: MIT
//
// One opened PCM: pcm_aes67.c opens and describes it, pcm_stream.c runs it.

#ifndef AES67_PCM_H
#define AES67_PCM_H

#include "vsc_client.h"

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

typedef struct aes67_pcm {
  snd_pcm_ioplug_t io; // alsa-lib's part; io.poll_fd is our timer
  vsc_client *client;
  char runtime_directory[108];
  uint32_t channels;
  uint32_t first_channel; // 0-based
  sample_format format;
  pid_t process; // the one that opened the PCM

  // The program's settings, in frames, from its sw_params.
  snd_pcm_uframes_t boundary; // where ALSA's pointers wrap
  snd_pcm_uframes_t avail_min;
  snd_pcm_uframes_t stop_threshold;

  uint64_t application; // ALSA's application pointer, unwrapped
  uint64_t reported;    // the hardware pointer that ALSA got last, unwrapped
  bool arm_requested;   // a thread is about to poll: pointer() sets the timer
  int64_t alarm;        // the last time that the timer was set to
  bool drained;         // the last frame has left: a stop is the end of the drain
  _Atomic unsigned cut; // drains that a drop() ended
} aes67_pcm;

extern const snd_pcm_ioplug_callback_t aes67_pcm_callbacks;

int aes67_pcm_prepare(snd_pcm_ioplug_t *io);
int aes67_pcm_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params);
int aes67_pcm_start(snd_pcm_ioplug_t *io);
int aes67_pcm_stop(snd_pcm_ioplug_t *io);
int aes67_pcm_pause(snd_pcm_ioplug_t *io, int enable);
int aes67_pcm_drain(snd_pcm_ioplug_t *io);
int aes67_pcm_delay(snd_pcm_ioplug_t *io, snd_pcm_sframes_t *delay);
snd_pcm_sframes_t aes67_pcm_pointer(snd_pcm_ioplug_t *io);
snd_pcm_sframes_t aes67_pcm_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
  snd_pcm_uframes_t offset, snd_pcm_uframes_t size);
int aes67_pcm_poll_descriptors(snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned space);
int aes67_pcm_poll_revents(
  snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned count, unsigned short *events);

#endif
