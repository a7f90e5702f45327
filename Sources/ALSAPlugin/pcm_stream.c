// SPDX-License-Identifier: MIT
//
// The running PCM. alsa-lib asks for the position at any time and moves the samples in plain
// transfers; it never contacts the daemon. This file does the rest:
//
// * Xruns. alsa-lib does not compare avail with stop_threshold; pointer() does and returns -EPIPE. A
//   program that sets stop_threshold to the boundary (JACK, PipeWire) never gets one.
// * Drain. The position of the last frame is held back until that frame is on the wire, so that
//   alsa-lib ends the drain at the right moment whether the program waits in snd_pcm_drain() or
//   polls. The clock never stops and the waits are short, so a drain ends without a daemon too.
// * Wake-ups. The poll descriptor is a timer, set to the instant when avail will reach
//   avail_min. It is never read: once expired it stays readable until it is set again. A wake-up can
//   therefore come too often, but is never lost. It is set again when the program has moved its
//   samples, and when the program polls an expired one: a program that waits for edges (EPOLLET) gets one for each period.

#include "pcm_aes67.h"
#include "plugin_clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
  START_ATTEMPTS = 4,
  DRAIN_WAIT_MILLISECONDS = 50,
  DRAIN_CUT_SHORT = 1, // the result of such a drain, see aes67_pcm_drain
};
static const int64_t detached_wait = 100 * 1000000; // nanoseconds; a new daemon may change the pace

static bool playback(const snd_pcm_ioplug_t *io) { return io->stream == SND_PCM_STREAM_PLAYBACK; }

static bool moving(const snd_pcm_ioplug_t *io) {
  return io->state == SND_PCM_STATE_RUNNING || io->state == SND_PCM_STATE_DRAINING;
}

// ALSA's wrapping application pointer, unwrapped; a small step back is a rewind.
static uint64_t application(const aes67_pcm *pcm) {
  snd_pcm_uframes_t boundary = pcm->boundary;
  if (boundary == 0)
    return pcm->application;
  snd_pcm_uframes_t last = (snd_pcm_uframes_t)(pcm->application % boundary);
  snd_pcm_uframes_t forward = (pcm->io.appl_ptr + boundary - last) % boundary;
  if (forward < boundary / 2)
    return pcm->application + forward;
  return pcm->application - (boundary - forward);
}

// Frames that the program may write or read when the hardware pointer is at `position`.
static int64_t avail_at(const aes67_pcm *pcm, uint64_t position) {
  int64_t ahead = (int64_t)(position - application(pcm));
  return playback(&pcm->io) ? ahead + (int64_t)pcm->io.buffer_size : ahead;
}

// ---------------------------------------------------------------------------------------------
// The timer
//
// It is set under alsa-lib's lock: by pointer(), when a thread that is about to poll asked for it, or
// when it has expired; by transfer(); and by all changes of state. A program may therefore poll in one
// thread and start in another.

enum { FIRE_NOW = 1, DISARM = 0 };

// The time to wake the program: FIRE_NOW, DISARM, or nanoseconds. `moved` frames have just been written or
// read, which alsa-lib does not count yet.
static int64_t wake_time(const aes67_pcm *pcm, int64_t now, size_t moved) {
  const snd_pcm_ioplug_t *io = &pcm->io;
  int64_t needed = (int64_t)pcm->avail_min;
  int64_t avail = avail_at(pcm, pcm->reported) - (int64_t)moved;
  uint64_t target;
  switch (io->state) {
  case SND_PCM_STATE_PREPARED:
  case SND_PCM_STATE_PAUSED:
    return playback(io) && avail >= needed ? FIRE_NOW : DISARM;
  case SND_PCM_STATE_DRAINING:
    target = application(pcm) + vsc_stream_latency(pcm->client);
    break;
  case SND_PCM_STATE_RUNNING:
    if (pcm->stop_threshold < pcm->boundary && needed > (int64_t)pcm->stop_threshold)
      needed = (int64_t)pcm->stop_threshold + 1; // the xrun will come first
    if (avail >= needed)
      return FIRE_NOW;
    target = pcm->reported + (uint64_t)(needed - avail);
    break;
  default:
    return FIRE_NOW; // an error to report
  }
  int64_t time = vsc_stream_time_of(pcm->client, target);
  bool unsteady = vsc_stream_look(pcm->client).state != VSC_ATTACHED;
  if ((unsteady || io->state == SND_PCM_STATE_DRAINING) && time > now + detached_wait)
    time = now + detached_wait;
  return time > FIRE_NOW ? time : FIRE_NOW;
}

static void set_timer(aes67_pcm *pcm, int64_t time) {
  pcm->alarm = time;
  struct itimerspec at = {
    .it_value = {.tv_sec = time / 1000000000, .tv_nsec = time % 1000000000}};
  timerfd_settime(pcm->io.poll_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

// True when the timer of a running stream has expired.
static bool expired(const aes67_pcm *pcm, int64_t now) {
  return pcm->io.state == SND_PCM_STATE_RUNNING && pcm->alarm != DISARM && pcm->alarm <= now;
}

// For changes of state, which alsa-lib makes only after the callback: a polling thread looks again.
static void wake(aes67_pcm *pcm) { set_timer(pcm, FIRE_NOW); }

// Brings position and state up to date, and sets the timer by them.
static void arm(aes67_pcm *pcm) {
  pcm->arm_requested = true;
  if (pcm->io.state >= SND_PCM_STATE_PREPARED)
    snd_pcm_avail_update(pcm->io.pcm);
  else
    wake(pcm);
}

int aes67_pcm_poll_descriptors(snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned space) {
  if (space < 1)
    return 0;
  arm(io->private_data);
  descriptors[0] = (struct pollfd){.fd = io->poll_fd, .events = POLLIN};
  return 1;
}

int aes67_pcm_poll_revents(
  snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned count, unsigned short *events) {
  aes67_pcm *pcm = io->private_data;
  *events = 0;
  if (count < 1 || !(descriptors[0].revents & POLLIN))
    return 0;
  unsigned short ready = playback(io) ? POLLOUT : POLLIN;
  snd_pcm_sframes_t avail = 0;
  if (io->state >= SND_PCM_STATE_PREPARED)
    avail = snd_pcm_avail_update(io->pcm); // so that the reported state is the current one
  switch (io->state) {
  case SND_PCM_STATE_RUNNING:
  case SND_PCM_STATE_PREPARED:
  case SND_PCM_STATE_PAUSED:
    if (avail >= 0 && (snd_pcm_uframes_t)avail >= pcm->avail_min)
      *events = ready;
    break;
  case SND_PCM_STATE_DRAINING:
    break;
  default:
    *events = ready | POLLERR;
  }
  if (*events == 0)
    arm(pcm); // it came too early: set the next one
  return 0;
}

// ---------------------------------------------------------------------------------------------
// Positions

// While draining, the last frame counts as played only when it has left.
static uint64_t drained_position(aes67_pcm *pcm, uint64_t position) {
  uint64_t end = application(pcm);
  if (end == 0 || position >= end + vsc_stream_latency(pcm->client))
    return end;
  return position < end - 1 ? position : end - 1;
}

snd_pcm_sframes_t aes67_pcm_pointer(snd_pcm_ioplug_t *io) {
  aes67_pcm *pcm = io->private_data;
  int64_t now = plugin_now();
  pcm->application = application(pcm);
  if (vsc_client_service(pcm->client, now) == VSC_INCOMPATIBLE && moving(io)) {
    SNDERR("aes67: aes67d was replaced by a release whose interface differs; "
           "start this program again");
    snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED); // programs see ENODEV
    wake(pcm);
  }
  if (moving(io)) {
    uint64_t position = vsc_stream_position(pcm->client, now);
    if (playback(io))
      vsc_ring_rewound(pcm->client, application(pcm));
    if (io->state == SND_PCM_STATE_DRAINING) {
      position = drained_position(pcm, position);
      pcm->drained = position == application(pcm);
    } else if (pcm->stop_threshold < pcm->boundary &&
               avail_at(pcm, position) > (int64_t)pcm->stop_threshold) {
      vsc_stream_stop_for_xrun(pcm->client, now);
      wake(pcm);
      return -EPIPE;
    }
    if (position > pcm->reported)
      pcm->reported = position;
  }
  if (pcm->arm_requested) {
    pcm->arm_requested = false;
    set_timer(pcm, wake_time(pcm, now, 0));
  } else if (expired(pcm, now)) {
    int64_t next = wake_time(pcm, now, 0);
    if (next != FIRE_NOW || pcm->alarm != FIRE_NOW)
      set_timer(pcm, next);
  }
  return (snd_pcm_sframes_t)(pcm->boundary ? pcm->reported % pcm->boundary : 0);
}

int aes67_pcm_delay(snd_pcm_ioplug_t *io, snd_pcm_sframes_t *delay) {
  aes67_pcm *pcm = io->private_data;
  if (io->state == SND_PCM_STATE_XRUN)
    return -EPIPE;
  int64_t now = plugin_now();
  uint64_t position = moving(io) ? vsc_stream_position(pcm->client, now) : pcm->reported;
  int64_t queued = (int64_t)(application(pcm) - position);
  if (!playback(io))
    queued = -queued;
  if (queued < 0)
    queued = 0;
  if (playback(io))
    queued += (int64_t)vsc_stream_frames_to_start(pcm->client, now);
  *delay = (snd_pcm_sframes_t)(queued + vsc_stream_latency(pcm->client));
  return 0;
}

// True when alsa-lib may ask for the same frames again: a program that maps capture frames reports
// only later how many of them it took.
static bool may_repeat(const snd_pcm_ioplug_t *io) {
  return !playback(io) && (io->access == SND_PCM_ACCESS_MMAP_INTERLEAVED ||
                            io->access == SND_PCM_ACCESS_MMAP_NONINTERLEAVED);
}

snd_pcm_sframes_t aes67_pcm_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
  snd_pcm_uframes_t offset, snd_pcm_uframes_t size) {
  aes67_pcm *pcm = io->private_data;
  sample_channel channels[AES67_CHANNELS];
  for (uint32_t c = 0; c < pcm->channels; c++) {
    channels[c].step = areas[c].step / 8;
    channels[c].first =
      (char *)areas[c].addr + areas[c].first / 8 + offset * (areas[c].step / 8);
  }
  pcm->application = application(pcm);
  if (playback(io))
    vsc_ring_write(pcm->client, pcm->application, pcm->format, channels, size);
  else
    vsc_ring_read(pcm->client, pcm->application, pcm->format, channels, size);
  int64_t now = plugin_now();
  if (!may_repeat(io) && expired(pcm, now))
    set_timer(pcm, wake_time(pcm, now, size));
  return (snd_pcm_sframes_t)size;
}

// ---------------------------------------------------------------------------------------------
// States

static void take_sw_params(aes67_pcm *pcm, const snd_pcm_sw_params_t *params) {
  snd_pcm_sw_params_get_boundary(params, &pcm->boundary);
  snd_pcm_sw_params_get_avail_min(params, &pcm->avail_min);
  snd_pcm_sw_params_get_stop_threshold(params, &pcm->stop_threshold);
}

int aes67_pcm_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params) {
  aes67_pcm *pcm = io->private_data;
  take_sw_params(pcm, params);
  wake(pcm);
  return 0;
}

int aes67_pcm_prepare(snd_pcm_ioplug_t *io) {
  aes67_pcm *pcm = io->private_data;
  if (getpid() != pcm->process)
    return -EBADFD; // a child of fork() has no stream of its own
  snd_pcm_sw_params_t *params;
  snd_pcm_sw_params_alloca(&params);
  if (snd_pcm_sw_params_current(io->pcm, params) == 0)
    take_sw_params(pcm, params);
  int64_t now = plugin_now();
  if (vsc_client_service(pcm->client, now) == VSC_INCOMPATIBLE)
    return -ENODEV;
  vsc_stream_prepare(pcm->client, now);
  pcm->application = pcm->reported = 0;
  pcm->drained = false;
  wake(pcm);
  return 0;
}

int aes67_pcm_start(snd_pcm_ioplug_t *io) {
  aes67_pcm *pcm = io->private_data;
  if (getpid() != pcm->process)
    return -EBADFD;
  if (playback(io))
    vsc_ring_rewound(pcm->client, application(pcm));
  for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    vsc_stream_start(pcm->client, plugin_now());
    if (!vsc_stream_missed_start(pcm->client, plugin_now()))
      break;
  }
  wake(pcm);
  return 0;
}

int aes67_pcm_stop(snd_pcm_ioplug_t *io) {
  aes67_pcm *pcm = io->private_data;
  if (io->state == SND_PCM_STATE_DRAINING && !pcm->drained)
    pcm->cut++;
  vsc_stream_stop(pcm->client, plugin_now());
  wake(pcm);
  return 0;
}

int aes67_pcm_pause(snd_pcm_ioplug_t *io, int enable) {
  aes67_pcm *pcm = io->private_data;
  vsc_stream_pause(pcm->client, enable, plugin_now());
  wake(pcm);
  return 0;
}

// Called without alsa-lib's lock, in state DRAINING. snd_pcm_avail_update takes the lock, calls
// pointer(), and sets the state to SETUP when everything has left: the drain is over. A drop() by
// another thread sets SETUP as well. That thread may have prepared the next stream before alsa-lib
// continues here, and alsa-lib would stop that stream after a result of 0. A positive result also
// means success to programs, and does not stop the stream.
int aes67_pcm_drain(snd_pcm_ioplug_t *io) {
  aes67_pcm *pcm = io->private_data;
  unsigned cut = pcm->cut;
  if (io->state != SND_PCM_STATE_DRAINING)
    return DRAIN_CUT_SHORT;
  if (!playback(io) || application(pcm) == 0)
    return 0;
  if (!vsc_stream_look(pcm->client).running)
    aes67_pcm_start(io);
  for (;;) {
    snd_pcm_avail_update(io->pcm);
    if (pcm->cut != cut)
      return DRAIN_CUT_SHORT;
    if (io->state != SND_PCM_STATE_DRAINING)
      return 0;
    if (io->nonblock)
      return -EAGAIN;
    arm(pcm);
    struct pollfd timer = {.fd = io->poll_fd, .events = POLLIN};
    poll(&timer, 1, DRAIN_WAIT_MILLISECONDS);
  }
}
