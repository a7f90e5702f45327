// SPDX-License-Identifier: MIT
//
// Both ends of the latency test, as an audio program of the usual kind: one real-time thread that waits for a period of capture, and then
// writes a period of playback.
//
//   latency_client near PCM CHANNELS PERIOD PERIODS SECONDS RECORDS EVENTS
//   latency_client far  PCM CHANNELS PERIOD PERIODS SECONDS RECORDS EVENTS
//
// near plays a signal whose samples identify their frame and channel, and compares the returned signal sample for sample. far plays what it
// records. Both keep one record a period in memory, and write them as an array of `struct record` into RECORDS at the end. EVENTS gets the
// xruns, one a line. SIGTERM ends the program early.

#include <alsa/asoundlib.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { RATE = 48000, MOST_CHANNELS = 64, MOST_EVENTS = 65536, PRIORITY = 70, RESTARTS_PAUSE_MS = 20 };

// A sample is (number x SCATTER) modulo 2^24, left-justified; number = frame of the cycle + 1 + channel x STRIDE.
static const uint32_t SCATTER = 0x9E3779B1 & 0xFFFFFF, MASK = 0xFFFFFF, STRIDE = 1 << 18, CYCLE = (1 << 18) - 1;

// The record of one period. Positions count frames since the program's start, over all restarts.
struct record {
  int64_t woke_ns;  // CLOCK_MONOTONIC after the period was read
  int64_t wrote_ns; // CLOCK_MONOTONIC after the next period was written
  int64_t read;     // position of the first frame read
  int64_t written;  // position of the first frame written next
  int32_t heard;    // the signal's frame of the cycle in the first frame read; -1: silence, -2: something else
  int32_t wrong;    // samples that differ from the expected ones
};
_Static_assert(sizeof(struct record) == 40, "latency_test.py reads it");

struct event {
  int64_t served_ns; // when the previous period had been written
  int64_t noticed_ns;
  int64_t late_ns; // how much later than the device's buffer allows
};

static uint32_t channels, period, periods;
static snd_pcm_t *out, *in;
static int32_t *block;
static struct record *records;
static size_t record_count, record_room;
static struct event events[MOST_EVENTS];
static size_t event_count;
static uint32_t gather; // the inverse of SCATTER
static uint32_t offsets[MOST_CHANNELS];
static int64_t played, heard_through;
static int32_t delay = -1; // frames from playing to recording, once known
static volatile sig_atomic_t ended;

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void check(long result, const char *what) {
  if (result >= 0)
    return;
  fprintf(stderr, "latency_client: %s: %s\n", what, snd_strerror((int)result));
  exit(1);
}

static void end(int number) {
  (void)number;
  ended = 1;
}

static snd_pcm_t *open_pcm(const char *name, snd_pcm_stream_t direction) {
  snd_pcm_t *pcm;
  snd_pcm_hw_params_t *hw;
  snd_pcm_sw_params_t *sw;
  snd_pcm_hw_params_alloca(&hw);
  snd_pcm_sw_params_alloca(&sw);
  check(snd_pcm_open(&pcm, name, direction, 0), name);
  check(snd_pcm_hw_params_any(pcm, hw), "hw_params_any");
  check(snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED), "access");
  check(snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S32_LE), "format");
  check(snd_pcm_hw_params_set_channels(pcm, hw, channels), "channels");
  check(snd_pcm_hw_params_set_rate(pcm, hw, RATE, 0), "rate");
  check(snd_pcm_hw_params_set_period_size(pcm, hw, period, 0), "period");
  check(snd_pcm_hw_params_set_buffer_size(pcm, hw, period * periods), "buffer");
  check(snd_pcm_hw_params(pcm, hw), "hw_params");
  check(snd_pcm_sw_params_current(pcm, sw), "sw_params_current");
  check(snd_pcm_sw_params_set_avail_min(pcm, sw, period), "avail_min");
  check(snd_pcm_sw_params_set_start_threshold(pcm, sw, period * periods * 2), "start_threshold");
  check(snd_pcm_sw_params(pcm, sw), "sw_params");
  return pcm;
}

// ---------------------------------------------------------------------------------------------
// The signal

static uint32_t first_number(int64_t frame) { return (uint32_t)(frame % CYCLE) + 1; }

static void prepare_signal(void) {
  gather = SCATTER;
  for (int i = 0; i < 5; i++) // Newton's iteration doubles the number of correct bits
    gather *= 2 - SCATTER * gather;
  for (uint32_t c = 0; c < channels; c++)
    offsets[c] = c * STRIDE * SCATTER;
}

static void play_signal(int64_t frame) {
  for (uint32_t f = 0; f < period; f++) {
    uint32_t base = first_number(frame + f) * SCATTER;
    for (uint32_t c = 0; c < channels; c++)
      block[f * channels + c] = (int32_t)((base + offsets[c]) << 8);
  }
}

static int32_t frame_heard(const int32_t *frame) {
  uint32_t any = 0;
  for (uint32_t c = 0; c < channels; c++)
    any |= (uint32_t)frame[c];
  if (any == 0)
    return -1;
  uint32_t number = (((uint32_t)frame[0] >> 8) * gather) & MASK;
  if (number < 1 || number > CYCLE)
    return -2;
  for (uint32_t c = 0; c < channels; c++)
    if ((uint32_t)frame[c] != (number * SCATTER + offsets[c]) << 8)
      return -2;
  return (int32_t)number - 1;
}

// Returns the number of samples of the block that differ from the returned signal; `read` is the block's position.
static int32_t compare(int64_t read) {
  if (delay < 0 || read < delay)
    return 0;
  int32_t wrong = 0;
  for (uint32_t f = 0; f < period; f++) {
    uint32_t base = first_number(read + f - delay) * SCATTER;
    for (uint32_t c = 0; c < channels; c++)
      wrong += (uint32_t)block[f * channels + c] != (base + offsets[c]) << 8;
  }
  return wrong;
}

// Both directions start together, so the received frame gives the delay.
static void learn_delay(int64_t read, int32_t heard) {
  if (heard < 0 || delay >= 0)
    return;
  int64_t way = (read - heard) % CYCLE;
  delay = (int32_t)(way < 0 ? way + CYCLE : way);
}

// ---------------------------------------------------------------------------------------------
// The loop

// Fills the playback buffer with silence and starts both directions; positions continue.
static void start(void) {
  static int32_t silence[MOST_CHANNELS * 8192];
  snd_pcm_drop(out);
  snd_pcm_drop(in);
  check(snd_pcm_prepare(out), "preparing playback");
  check(snd_pcm_prepare(in), "preparing capture");
  check(snd_pcm_writei(out, silence, period * periods), "filling");
  check(snd_pcm_start(in), "starting capture");
  check(snd_pcm_start(out), "starting playback");
  heard_through = heard_through > played ? heard_through : played;
  played = heard_through + period * periods;
}

static void note_xrun(int64_t served_ns) {
  int64_t now = now_ns();
  if (event_count < MOST_EVENTS)
    events[event_count++] = (struct event){
      .served_ns = served_ns, .noticed_ns = now,
      .late_ns = now - served_ns - (int64_t)period * periods * 1000000000 / RATE};
  start();
}

// Reads one period and writes one; false after an xrun.
static bool turn(bool near, struct record *r) {
  int waited = snd_pcm_wait(in, 1000);
  if (waited <= 0 && waited != -EPIPE && !ended)
    check(waited < 0 ? waited : -ETIMEDOUT, "waiting");
  long got = snd_pcm_readi(in, block, period);
  if (got == -EPIPE || waited == -EPIPE)
    return false;
  check(got, "reading");
  r->woke_ns = now_ns();
  r->read = heard_through;
  r->written = played;
  r->heard = frame_heard(block);
  if (near) {
    learn_delay(r->read, r->heard);
    r->wrong = compare(r->read);
    play_signal(played);
  }
  long put = snd_pcm_writei(out, block, period);
  if (put == -EPIPE)
    return false;
  check(put, "writing");
  r->wrote_ns = now_ns();
  heard_through += got;
  played += put;
  return true;
}

static void run(bool near, int64_t until_ns) {
  int64_t served_ns = now_ns();
  start();
  while (!ended && record_count < record_room) {
    struct record *r = &records[record_count];
    memset(r, 0, sizeof *r);
    if (turn(near, r)) {
      record_count++;
      served_ns = r->wrote_ns;
    } else {
      note_xrun(served_ns);
      served_ns = now_ns();
    }
    if (served_ns >= until_ns)
      return;
  }
}

static void save(const char *records_path, const char *events_path) {
  FILE *file = fopen(records_path, "wb");
  if (!file || fwrite(records, sizeof *records, record_count, file) != record_count || fclose(file) != 0) {
    perror(records_path);
    exit(1);
  }
  file = fopen(events_path, "w");
  if (!file)
    exit(1);
  for (size_t i = 0; i < event_count; i++)
    fprintf(file, "%lld %lld %lld\n", (long long)events[i].served_ns, (long long)events[i].noticed_ns,
      (long long)events[i].late_ns);
  fclose(file);
}

int main(int argc, char **argv) {
  if (argc != 9 || (strcmp(argv[1], "near") && strcmp(argv[1], "far"))) {
    fputs("latency_client: wrong arguments; see the top of latency_client.c\n", stderr);
    return 2;
  }
  bool near = !strcmp(argv[1], "near");
  channels = (uint32_t)atoi(argv[3]);
  period = (uint32_t)atoi(argv[4]);
  periods = (uint32_t)atoi(argv[5]);
  double seconds = atof(argv[6]);
  if (channels < 1 || channels > MOST_CHANNELS || period < 1 || periods < 2 || period * periods > 8192) {
    fputs("latency_client: 1 to 64 channels, 2 periods at least, 8192 frames at most\n", stderr);
    return 2;
  }
  prepare_signal();
  record_room = (size_t)(seconds * 1.01 * RATE / period) + 1000;
  records = calloc(record_room, sizeof *records);
  block = calloc((size_t)period * channels, sizeof *block);
  out = open_pcm(argv[2], SND_PCM_STREAM_PLAYBACK);
  in = open_pcm(argv[2], SND_PCM_STREAM_CAPTURE);
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  struct sched_param priority = {.sched_priority = PRIORITY};
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0 || sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
    fputs("latency_client: no locked memory or no SCHED_FIFO here: expect xruns\n", stderr);
  memset(records, 0, record_room * sizeof *records);
  run(near, now_ns() + (int64_t)(seconds * 1e9));
  snd_pcm_drop(out);
  snd_pcm_drop(in);
  save(argv[7], argv[8]);
  printf("periods %zu, xruns %zu, delay %d frames\n", record_count, event_count, delay);
  return 0;
}
