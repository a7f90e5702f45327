// SPDX-License-Identifier: MIT
//
// Uses of a PCM that ALSA's manual neither describes nor forbids; prints `ok NAME` or `FAILED NAME: reason`:
//
//   habits PCM
//
// PCM has two channels. Real time is only used with large margins: a period of 1024 frames, a buffer of 4096 (85 ms).

#include <alsa/asoundlib.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <time.h>

enum { CHANNELS = 2, PERIOD = 1024, BUFFER = 4096 };

static const char *pcm_name;
static int32_t block[BUFFER * CHANNELS];
static bool failed; // in the current rule

static void expect(bool condition, const char *format, ...) {
  if (condition)
    return;
  va_list arguments;
  va_start(arguments, format);
  printf(failed ? "; " : "FAILED: ");
  vprintf(format, arguments);
  va_end(arguments);
  failed = true;
}

static double seconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static snd_pcm_t *opened(snd_pcm_stream_t direction, snd_pcm_access_t access, int mode) {
  snd_pcm_t *pcm;
  snd_pcm_hw_params_t *hw;
  snd_pcm_hw_params_alloca(&hw);
  int error = snd_pcm_open(&pcm, pcm_name, direction, mode);
  if (error < 0) {
    printf("FAILED to open %s: %s\n", pcm_name, snd_strerror(error));
    exit(1);
  }
  snd_pcm_hw_params_any(pcm, hw);
  if ((error = snd_pcm_hw_params_set_access(pcm, hw, access)) < 0 ||
      (error = snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S32_LE)) < 0 ||
      (error = snd_pcm_hw_params_set_channels(pcm, hw, CHANNELS)) < 0 ||
      (error = snd_pcm_hw_params_set_rate(pcm, hw, 48000, 0)) < 0 ||
      (error = snd_pcm_hw_params_set_period_size(pcm, hw, PERIOD, 0)) < 0 ||
      (error = snd_pcm_hw_params_set_buffer_size(pcm, hw, BUFFER)) < 0 || (error = snd_pcm_hw_params(pcm, hw)) < 0)
    expect(false, "hw_params: %s", snd_strerror(error));
  return pcm;
}

// The program starts the stream explicitly, and an xrun never stops it.
static void endless(snd_pcm_t *pcm) {
  snd_pcm_sw_params_t *sw;
  snd_pcm_uframes_t boundary;
  snd_pcm_sw_params_alloca(&sw);
  snd_pcm_sw_params_current(pcm, sw);
  snd_pcm_sw_params_get_boundary(sw, &boundary);
  snd_pcm_sw_params_set_start_threshold(pcm, sw, boundary);
  snd_pcm_sw_params_set_stop_threshold(pcm, sw, boundary);
  snd_pcm_sw_params_set_avail_min(pcm, sw, PERIOD);
  expect(snd_pcm_sw_params(pcm, sw) >= 0, "sw_params");
}

static snd_pcm_t *playing(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_RW_INTERLEAVED, 0);
  endless(pcm);
  expect(snd_pcm_writei(pcm, block, BUFFER) == BUFFER && snd_pcm_start(pcm) == 0, "cannot play");
  return pcm;
}

// ---------------------------------------------------------------------------------------------
// Drains that another thread ends (field case A4)

static void *drained(void *pcm) { return (void *)(intptr_t)snd_pcm_drain(pcm); }

static void a_new_stream_plays_after_an_interrupted_drain(void) {
  static const int pauses[] = {0, 0, 0, 200, 2000, 70000}; // us from drop to prepare
  for (size_t i = 0; i < 5 * sizeof pauses / sizeof pauses[0]; i++) {
    snd_pcm_t *pcm = playing();
    pthread_t thread;
    void *result;
    pthread_create(&thread, NULL, drained, pcm);
    usleep(10000);
    snd_pcm_drop(pcm);
    usleep(pauses[i % 6]);
    expect(snd_pcm_prepare(pcm) == 0, "cannot prepare");
    long written = snd_pcm_writei(pcm, block, BUFFER);
    expect(written == BUFFER, "writei returns %ld", written);
    expect(snd_pcm_start(pcm) == 0, "cannot start");
    pthread_join(thread, &result);
    expect((intptr_t)result >= 0, "drain returns %ld", (long)(intptr_t)result);
    expect(snd_pcm_state(pcm) == SND_PCM_STATE_RUNNING, "%s", snd_pcm_state_name(snd_pcm_state(pcm)));
    usleep(30000);
    expect(snd_pcm_avail(pcm) > 0, "the new stream does not advance");
    snd_pcm_close(pcm);
  }
}

static void a_new_drain_ends_after_an_interrupted_drain(void) {
  snd_pcm_t *pcm = playing();
  pthread_t thread;
  void *result;
  pthread_create(&thread, NULL, drained, pcm);
  usleep(10000);
  snd_pcm_drop(pcm);
  snd_pcm_prepare(pcm);
  snd_pcm_writei(pcm, block, BUFFER);
  double start = seconds_of(CLOCK_MONOTONIC);
  int again = snd_pcm_drain(pcm);
  double took = seconds_of(CLOCK_MONOTONIC) - start;
  expect(again == 0 && took > (BUFFER + PERIOD) / 48000.0 && took < 1, "drain returns %d after %.3f s", again, took);
  pthread_join(thread, &result);
  snd_pcm_close(pcm);
}

static void a_drop_ends_the_drain_of_another_thread(void) {
  snd_pcm_t *pcm = playing();
  pthread_t thread;
  void *result;
  pthread_create(&thread, NULL, drained, pcm);
  usleep(10000);
  double start = seconds_of(CLOCK_MONOTONIC);
  snd_pcm_drop(pcm);
  pthread_join(thread, &result);
  expect(seconds_of(CLOCK_MONOTONIC) - start < 1 && (intptr_t)result >= 0, "drain returns %ld", (long)(intptr_t)result);
  expect(snd_pcm_state(pcm) == SND_PCM_STATE_SETUP, "%s", snd_pcm_state_name(snd_pcm_state(pcm)));
  snd_pcm_close(pcm);
}

// ---------------------------------------------------------------------------------------------
// Edge-triggered waiting (field case A7)

static long move_a_period(snd_pcm_t *pcm, snd_pcm_access_t access) {
  bool plays = snd_pcm_stream(pcm) == SND_PCM_STREAM_PLAYBACK;
  if (access == SND_PCM_ACCESS_RW_INTERLEAVED)
    return plays ? snd_pcm_writei(pcm, block, PERIOD) : snd_pcm_readi(pcm, block, PERIOD);
  if (snd_pcm_avail_update(pcm) < PERIOD)
    return -EAGAIN;
  const snd_pcm_channel_area_t *areas;
  snd_pcm_uframes_t offset, frames = PERIOD;
  long result = snd_pcm_mmap_begin(pcm, &areas, &offset, &frames);
  return result < 0 ? result : snd_pcm_mmap_commit(pcm, offset, frames);
}

static void edges(snd_pcm_stream_t direction, snd_pcm_access_t access, bool asks) {
  enum { PERIODS = 16 };
  snd_pcm_t *pcm = opened(direction, access, SND_PCM_NONBLOCK);
  endless(pcm);
  if (direction == SND_PCM_STREAM_PLAYBACK)
    for (int i = 0; i < BUFFER / PERIOD; i++)
      move_a_period(pcm, access);
  struct pollfd descriptor;
  snd_pcm_poll_descriptors(pcm, &descriptor, 1); // once
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor.fd, &event);
  snd_pcm_start(pcm);
  int wakes = 0;
  long moved = 0;
  for (; moved < PERIODS * PERIOD && wakes < 10 * PERIODS; wakes++) {
    if (epoll_wait(epoll, &event, 1, 1000) != 1)
      break;
    unsigned short events = 0;
    descriptor.revents = POLLIN;
    if (asks && (snd_pcm_poll_descriptors_revents(pcm, &descriptor, 1, &events) < 0 || !events))
      continue;
    for (long result; (result = move_a_period(pcm, access)) > 0;)
      moved += result;
  }
  expect(moved >= PERIODS * PERIOD && wakes <= 3 * PERIODS + 3, "%s%s%s: %d wake-ups, %ld frames",
    snd_pcm_stream_name(direction), access == SND_PCM_ACCESS_RW_INTERLEAVED ? "" : " mapped",
    asks ? ", asks" : "", wakes, moved);
  close(epoll);
  snd_pcm_close(pcm);
}

static void one_edge_for_each_period(void) {
  for (int asks = 0; asks < 2; asks++)
    for (int direction = 0; direction < 2; direction++) {
      edges(direction ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_RW_INTERLEAVED, asks);
      edges(direction ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_MMAP_INTERLEAVED, asks);
    }
}

// ---------------------------------------------------------------------------------------------
// Opening and closing in quick succession (field case A9): there are sixteen places for players

static void open_play_close(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_RW_INTERLEAVED, 0);
  long written = snd_pcm_writei(pcm, block, BUFFER);
  expect(written == BUFFER, "writei returns %ld", written);
  snd_pcm_close(pcm);
}

static void a_closed_stream_frees_its_slot(void) {
  for (int i = 0; i < 40 && !failed; i++)
    open_play_close();
}

static void the_last_slot_is_freed_repeatedly(void) {
  snd_pcm_t *others[15];
  for (int i = 0; i < 15; i++)
    others[i] = opened(SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_RW_INTERLEAVED, 0);
  for (int i = 0; i < 10 && !failed; i++)
    open_play_close();
  for (int i = 0; i < 15; i++)
    snd_pcm_close(others[i]);
}

// ---------------------------------------------------------------------------------------------
// Time stamps are of the clock that the program is told of, or asked for (trial F15, lab 13)

static void stamps(bool asks_for_monotonic) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_RW_INTERLEAVED, 0);
  snd_pcm_hw_params_t *hw;
  snd_pcm_sw_params_t *sw;
  snd_pcm_status_t *status;
  snd_pcm_hw_params_alloca(&hw);
  snd_pcm_sw_params_alloca(&sw);
  snd_pcm_status_alloca(&status);
  snd_pcm_hw_params_current(pcm, hw);
  snd_pcm_sw_params_current(pcm, sw);
  if (asks_for_monotonic)
    snd_pcm_sw_params_set_tstamp_type(pcm, sw, SND_PCM_TSTAMP_TYPE_MONOTONIC);
  snd_pcm_sw_params(pcm, sw);
  snd_pcm_writei(pcm, block, BUFFER);
  bool monotonic = asks_for_monotonic || snd_pcm_hw_params_is_monotonic(hw);
  double before = seconds_of(monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME);
  snd_htimestamp_t now, trigger, with_avail;
  snd_pcm_uframes_t avail;
  snd_pcm_status(pcm, status);
  snd_pcm_status_get_htstamp(status, &now);
  snd_pcm_status_get_trigger_htstamp(status, &trigger);
  expect(now.tv_sec - before > -5 && now.tv_sec - before < 5, "status is %.0f s off", (double)now.tv_sec - before);
  expect(trigger.tv_sec - before > -5 && trigger.tv_sec - before < 5, "start is %.0f s off",
    (double)trigger.tv_sec - before);
  if (asks_for_monotonic && snd_pcm_htimestamp(pcm, &avail, &with_avail) == 0)
    expect(with_avail.tv_sec - before > -5 && with_avail.tv_sec - before < 5, "htimestamp is %.0f s off",
      (double)with_avail.tv_sec - before);
  snd_pcm_close(pcm);
}

static void time_stamps_are_of_the_announced_clock(void) {
  stamps(false);
  stamps(true);
}

// ---------------------------------------------------------------------------------------------
// What has held so far (field cases, row "held")

static void delay_five_thousand_times_a_second(void) {
  snd_pcm_t *pcm = playing();
  double start = seconds_of(CLOCK_MONOTONIC), early = -1e9, late = 1e9;
  for (int i = 0; i < 400; i++, usleep(200)) {
    long delay;
    double before = (seconds_of(CLOCK_MONOTONIC) - start) * 48000;
    expect(snd_pcm_delay(pcm, &delay) == 0 && delay >= 0, "%ld frames", delay);
    double after = (seconds_of(CLOCK_MONOTONIC) - start) * 48000;
    if (after > BUFFER - PERIOD)
      break; // all queued frames have been played
    // The last frame is played at a constant time, independent of the time of the call.
    early = delay + before > early ? delay + before : early;
    late = delay + after < late ? delay + after : late;
  }
  expect(early <= late + 8, "the end moves by %.0f frames", early - late);
  snd_pcm_close(pcm);
}

static void duplex_as_juce_starts_it(void) {
  snd_pcm_t *out = opened(SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_RW_INTERLEAVED, 0);
  snd_pcm_t *in = opened(SND_PCM_STREAM_CAPTURE, SND_PCM_ACCESS_RW_INTERLEAVED, 0);
  snd_pcm_link(out, in); // refused, and ignored
  expect(snd_pcm_prepare(in) == 0 && snd_pcm_prepare(out) == 0, "cannot prepare");
  for (int i = 0; i < 24 && !failed; i++) {
    long result = snd_pcm_readi(in, block, PERIOD);
    if (result == -EPIPE)
      result = snd_pcm_recover(in, (int)result, 1);
    expect(result >= 0, "readi returns %ld", result);
    result = snd_pcm_wait(out, 2000);
    if (result == -EPIPE)
      result = snd_pcm_recover(out, (int)result, 1);
    expect(result >= 0, "wait returns %ld", result);
    result = snd_pcm_writei(out, block, PERIOD);
    if (result == -EPIPE)
      result = snd_pcm_recover(out, (int)result, 1);
    expect(result >= 0, "writei returns %ld", result);
  }
  snd_pcm_close(in);
  snd_pcm_close(out);
}

static int set_one(snd_pcm_t *pcm, snd_pcm_hw_params_t *hw, int which, bool near) {
  snd_pcm_uframes_t period = PERIOD, buffer = BUFFER;
  unsigned rate = 48000, channels = CHANNELS;
  switch (which) {
  case 0:
    return snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED);
  case 1:
    return snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S32_LE);
  case 2:
    return near ? snd_pcm_hw_params_set_channels_near(pcm, hw, &channels)
                : snd_pcm_hw_params_set_channels(pcm, hw, channels);
  case 3:
    return near ? snd_pcm_hw_params_set_rate_near(pcm, hw, &rate, NULL)
                : snd_pcm_hw_params_set_rate(pcm, hw, rate, 0);
  case 4:
    return near ? snd_pcm_hw_params_set_period_size_near(pcm, hw, &period, NULL)
                : snd_pcm_hw_params_set_period_size(pcm, hw, period, 0);
  default:
    return near ? snd_pcm_hw_params_set_buffer_size_near(pcm, hw, &buffer)
                : snd_pcm_hw_params_set_buffer_size(pcm, hw, buffer);
  }
}

static void parameters_in_any_order(void) {
  enum { PARAMETERS = 6, ORDERS = 720 };
  snd_pcm_hw_params_t *hw;
  snd_pcm_hw_params_alloca(&hw);
  for (int direction = 0; direction < 2; direction++) {
    snd_pcm_t *pcm =
      opened(direction ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK, SND_PCM_ACCESS_RW_INTERLEAVED, 0);
    snd_pcm_hw_free(pcm);
    for (int order = 0; order < 2 * ORDERS && !failed; order++) {
      int left[PARAMETERS] = {0, 1, 2, 3, 4, 5}, number = order / 2;
      snd_pcm_hw_params_any(pcm, hw);
      for (int count = PARAMETERS; count > 0; number /= count, count--) {
        int error = set_one(pcm, hw, left[number % count], order % 2);
        expect(error >= 0, "order %d, parameter %d: %s", order, left[number % count], snd_strerror(error));
        left[number % count] = left[count - 1];
      }
      snd_pcm_uframes_t period = 0, buffer = 0;
      snd_pcm_hw_params_get_period_size(hw, &period, NULL);
      snd_pcm_hw_params_get_buffer_size(hw, &buffer);
      expect(period == PERIOD && buffer == BUFFER, "order %d: period %lu, buffer %lu", order, period, buffer);
    }
    expect(snd_pcm_hw_params(pcm, hw) == 0, "the last parameters cannot be set");
    snd_pcm_close(pcm);
  }
}

#define RULE(name) {name, #name}
static const struct {
  void (*check)(void);
  const char *name;
} rules[] = {RULE(a_new_stream_plays_after_an_interrupted_drain),
  RULE(a_new_drain_ends_after_an_interrupted_drain), RULE(a_drop_ends_the_drain_of_another_thread),
  RULE(one_edge_for_each_period), RULE(a_closed_stream_frees_its_slot), RULE(the_last_slot_is_freed_repeatedly),
  RULE(time_stamps_are_of_the_announced_clock), RULE(delay_five_thousand_times_a_second),
  RULE(duplex_as_juce_starts_it), RULE(parameters_in_any_order)};

int main(int count, char **arguments) {
  if (count != 2)
    return 2;
  setvbuf(stdout, NULL, _IONBF, 0);
  pcm_name = arguments[1];
  bool all = true;
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
    failed = false;
    rules[i].check();
    printf("%s%s\n", failed ? " in " : "ok ", rules[i].name);
    all = all && !failed;
  }
  return all ? 0 : 1;
}
