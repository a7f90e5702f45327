// SPDX-License-Identifier: MIT
//
// Exercises ALSA's states with a PCM of two channels; prints `ok NAME` or `FAILED NAME: reason` for each rule:
//
//   states PCM
//
// Real time is only used with large margins: a period of 1024 frames, a buffer of 4096 (85 ms).

#include <alsa/asoundlib.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>

enum { CHANNELS = 2, PERIOD = 1024, BUFFER = 4096 };

static const char *pcm_name;
static int32_t silence[BUFFER * CHANNELS];
static bool failed; // in the current rule

static double now(void) { // seconds
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

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

static snd_pcm_t *opened(snd_pcm_stream_t direction) {
  snd_pcm_t *pcm;
  snd_pcm_hw_params_t *hw;
  snd_pcm_hw_params_alloca(&hw);
  int error = snd_pcm_open(&pcm, pcm_name, direction, 0);
  if (error < 0) {
    printf("FAILED to open %s: %s\n", pcm_name, snd_strerror(error));
    exit(1);
  }
  snd_pcm_hw_params_any(pcm, hw);
  snd_pcm_access_t access = direction == SND_PCM_STREAM_CAPTURE ? SND_PCM_ACCESS_MMAP_INTERLEAVED
                                                                : SND_PCM_ACCESS_RW_INTERLEAVED;
  if ((error = snd_pcm_hw_params_set_access(pcm, hw, access)) < 0 ||
      (error = snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S32_LE)) < 0 ||
      (error = snd_pcm_hw_params_set_channels(pcm, hw, CHANNELS)) < 0 ||
      (error = snd_pcm_hw_params_set_rate(pcm, hw, 48000, 0)) < 0 ||
      (error = snd_pcm_hw_params_set_period_size(pcm, hw, PERIOD, 0)) < 0 ||
      (error = snd_pcm_hw_params_set_buffer_size(pcm, hw, BUFFER)) < 0 ||
      (error = snd_pcm_hw_params(pcm, hw)) < 0)
    expect(false, "hw_params: %s", snd_strerror(error));
  return pcm;
}

// The program starts the stream explicitly.
static void start_by_hand(snd_pcm_t *pcm, bool xruns) {
  snd_pcm_sw_params_t *sw;
  snd_pcm_uframes_t boundary;
  snd_pcm_sw_params_alloca(&sw);
  snd_pcm_sw_params_current(pcm, sw);
  snd_pcm_sw_params_get_boundary(sw, &boundary);
  snd_pcm_sw_params_set_start_threshold(pcm, sw, boundary);
  snd_pcm_sw_params_set_avail_min(pcm, sw, PERIOD);
  if (!xruns)
    snd_pcm_sw_params_set_stop_threshold(pcm, sw, boundary);
  int error = snd_pcm_sw_params(pcm, sw);
  expect(error >= 0, "sw_params: %s", snd_strerror(error));
}

static snd_pcm_t *filled(bool xruns) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_PLAYBACK);
  start_by_hand(pcm, xruns);
  long written = snd_pcm_writei(pcm, silence, BUFFER);
  expect(written == BUFFER, "wrote %ld of %d frames", written, BUFFER);
  return pcm;
}

static void expect_state(snd_pcm_t *pcm, snd_pcm_state_t state) {
  expect(snd_pcm_state(pcm) == state, "%s instead of %s", snd_pcm_state_name(snd_pcm_state(pcm)),
    snd_pcm_state_name(state));
}

// Returns true if the program would be woken within `milliseconds`.
static bool woken(snd_pcm_t *pcm, int milliseconds) {
  double end = now() + milliseconds * 1e-3;
  struct pollfd descriptor;
  unsigned short events = 0;
  if (snd_pcm_poll_descriptors(pcm, &descriptor, 1) != 1)
    return false;
  while (!events && now() < end)
    if (poll(&descriptor, 1, (int)((end - now()) * 1e3) + 1) == 1)
      snd_pcm_poll_descriptors_revents(pcm, &descriptor, 1, &events);
  return events != 0;
}

static void drain_of_nothing(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_PLAYBACK);
  double start = now();
  int result = snd_pcm_drain(pcm);
  expect(result == 0 && now() - start < 1, "%s after %.3f s", snd_strerror(result), now() - start);
  expect_state(pcm, SND_PCM_STATE_SETUP);
  snd_pcm_close(pcm);
}

static void drain_starts_by_itself(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_PLAYBACK);
  start_by_hand(pcm, true);
  snd_pcm_writei(pcm, silence, 500);
  double start = now();
  int result = snd_pcm_drain(pcm);
  double took = now() - start;
  expect(result == 0 && took >= (PERIOD + 500) / 48000.0 && took < 1, "%s after %.3f s",
    snd_strerror(result), took);
  expect_state(pcm, SND_PCM_STATE_SETUP);
  snd_pcm_close(pcm);
}

static void drain_without_blocking(void) {
  snd_pcm_t *pcm = filled(true);
  snd_pcm_start(pcm);
  snd_pcm_nonblock(pcm, 1);
  double start = now();
  int result, polls = 0;
  expect(snd_pcm_drain(pcm) == -EAGAIN, "the first call does not return EAGAIN");
  while ((result = snd_pcm_drain(pcm)) == -EAGAIN && now() - start < 2 && ++polls)
    woken(pcm, 1000);
  double took = now() - start;
  expect(result == 0 && took >= BUFFER / 48000.0 && took < 1 && polls < 50, "%s after %.3f s, %d polls",
    snd_strerror(result), took, polls);
  snd_pcm_close(pcm);
}

static void drain_of_capture(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_CAPTURE);
  snd_pcm_start(pcm);
  double start = now();
  int result = snd_pcm_drain(pcm);
  expect(result == 0 && now() - start < 1, "%s after %.3f s", snd_strerror(result), now() - start);
  snd_pcm_close(pcm);
}

static void one_xrun_and_recovery(void) {
  snd_pcm_t *pcm = filled(true);
  snd_pcm_start(pcm);
  usleep(300000);
  long result = snd_pcm_writei(pcm, silence, PERIOD);
  expect(result == -EPIPE, "writei returns %ld", result);
  expect_state(pcm, SND_PCM_STATE_XRUN);
  expect(snd_pcm_recover(pcm, -EPIPE, 1) == 0, "cannot recover");
  result = snd_pcm_writei(pcm, silence, BUFFER);
  expect(result == BUFFER && snd_pcm_start(pcm) == 0, "after recovery writei returns %ld", result);
  expect_state(pcm, SND_PCM_STATE_RUNNING);
  snd_pcm_close(pcm);
}

static void an_xrun_wakes(void) {
  snd_pcm_t *pcm = filled(true);
  snd_pcm_start(pcm);
  usleep(300000);
  struct pollfd descriptor;
  unsigned short events = 0;
  snd_pcm_poll_descriptors(pcm, &descriptor, 1);
  poll(&descriptor, 1, 1000);
  snd_pcm_poll_descriptors_revents(pcm, &descriptor, 1, &events);
  expect(events & POLLERR, "events are %x", events);
  expect(snd_pcm_wait(pcm, 1000) == -EPIPE, "wait does not return EPIPE");
  snd_pcm_close(pcm);
}

static void no_xrun_when_unwanted(void) {
  snd_pcm_t *pcm = filled(false);
  snd_pcm_start(pcm);
  usleep(300000);
  long avail = snd_pcm_avail(pcm);
  expect(avail > BUFFER, "avail is %ld", avail);
  expect_state(pcm, SND_PCM_STATE_RUNNING);
  snd_pcm_close(pcm);
}

static void pause_freezes(void) {
  snd_pcm_t *pcm = filled(true);
  snd_pcm_start(pcm);
  usleep(40000);
  expect(snd_pcm_pause(pcm, 1) == 0, "cannot pause");
  long before = snd_pcm_avail(pcm);
  usleep(200000);
  long after = snd_pcm_avail(pcm);
  expect(before == after, "avail went from %ld to %ld", before, after);
  expect(snd_pcm_pause(pcm, 0) == 0, "cannot resume");
  usleep(20000);
  expect(snd_pcm_avail(pcm) > before, "the position does not advance");
  snd_pcm_close(pcm);
}

static void delay_fits_avail(void) {
  snd_pcm_t *pcm = filled(false);
  long avail, delay;
  snd_pcm_start(pcm);
  for (int i = 0; i < 20; i++) {
    expect(snd_pcm_avail_delay(pcm, &avail, &delay) == 0 && delay >= 0 && avail + delay >= BUFFER - 480,
      "avail %ld, delay %ld", avail, delay);
    usleep(10000);
  }
  snd_pcm_close(pcm);
}

static void a_forked_child_disturbs_nothing(void) {
  snd_pcm_t *pcm = filled(false);
  snd_pcm_start(pcm);
  pid_t child = fork();
  if (child == 0) {
    snd_pcm_close(pcm);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  usleep(60000);
  expect(snd_pcm_avail(pcm) > 0, "the position does not advance");
  expect_state(pcm, SND_PCM_STATE_RUNNING);
  snd_pcm_close(pcm);
}

static void readiness_before_the_start(void) {
  snd_pcm_t *playback = opened(SND_PCM_STREAM_PLAYBACK), *capture = opened(SND_PCM_STREAM_CAPTURE);
  expect(woken(playback, 1000), "an empty playback stream is not ready");
  expect(!woken(capture, 100), "a capture stream is ready before it starts");
  snd_pcm_close(playback);
  snd_pcm_close(capture);
}

static void *wait_for_frames(void *pcm) { return woken(pcm, 3000) ? pcm : NULL; }

static void a_start_wakes_another_thread(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_CAPTURE);
  start_by_hand(pcm, true);
  pthread_t thread;
  void *result = NULL;
  pthread_create(&thread, NULL, wait_for_frames, pcm);
  usleep(50000);
  double start = now();
  snd_pcm_start(pcm);
  pthread_join(thread, &result);
  expect(result && now() - start < 1, "not woken after %.3f s", now() - start);
  snd_pcm_close(pcm);
}

static void a_drop_wakes_and_repeats(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_CAPTURE);
  start_by_hand(pcm, false);
  snd_pcm_start(pcm);
  expect(snd_pcm_drop(pcm) == 0 && snd_pcm_drop(pcm) == 0, "cannot drop twice");
  expect(woken(pcm, 1000), "a waiting program is not woken");
  expect(snd_pcm_prepare(pcm) == 0 && snd_pcm_start(pcm) == 0, "cannot start again");
  snd_pcm_close(pcm);
}

static void mmap_capture_repeats(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_CAPTURE);
  const snd_pcm_channel_area_t *areas;
  snd_pcm_uframes_t first, again, frames = 100, rest = 100;
  start_by_hand(pcm, false);
  snd_pcm_start(pcm);
  expect(snd_pcm_wait(pcm, 1000) == 1 && snd_pcm_avail_update(pcm) >= PERIOD, "no frames arrive");
  snd_pcm_mmap_begin(pcm, &areas, &first, &frames);
  snd_pcm_mmap_begin(pcm, &areas, &again, &frames);
  expect(first == 0 && again == 0 && frames == 100, "at %lu and %lu, %lu frames", first, again, frames);
  snd_pcm_mmap_commit(pcm, again, 50);
  snd_pcm_mmap_begin(pcm, &areas, &again, &rest);
  expect(again == 50, "at %lu after a commit of 50", again);
  snd_pcm_close(pcm);
}

static void rewind_and_forward(void) {
  snd_pcm_t *pcm = filled(true);
  expect(snd_pcm_rewind(pcm, 100) == 100 && snd_pcm_avail(pcm) == 100, "avail is not 100");
  expect(snd_pcm_forward(pcm, 60) == 60 && snd_pcm_avail(pcm) == 40, "avail is not 40");
  expect(snd_pcm_writei(pcm, silence, 40) == 40, "no room for 40 frames");
  snd_pcm_close(pcm);
}

static void channel_map(void) {
  snd_pcm_t *pcm = opened(SND_PCM_STREAM_PLAYBACK);
  snd_pcm_chmap_query_t **maps = snd_pcm_query_chmaps(pcm);
  snd_pcm_chmap_t *map = snd_pcm_get_chmap(pcm);
  expect(maps && maps[0] && !maps[1] && maps[0]->map.channels == CHANNELS, "no map of two channels");
  expect(map && snd_pcm_set_chmap(pcm, map) == 0, "the PCM's own map is refused");
  if (map)
    map->pos[0] = SND_CHMAP_LFE;
  expect(map && snd_pcm_set_chmap(pcm, map) == -ENXIO, "another map is accepted");
  snd_pcm_free_chmaps(maps);
  free(map);
  snd_pcm_close(pcm);
}

#define RULE(name) {name, #name}
static const struct {
  void (*check)(void);
  const char *name;
} rules[] = {RULE(drain_of_nothing), RULE(drain_starts_by_itself), RULE(drain_without_blocking),
  RULE(drain_of_capture), RULE(one_xrun_and_recovery), RULE(an_xrun_wakes), RULE(no_xrun_when_unwanted),
  RULE(pause_freezes), RULE(delay_fits_avail), RULE(a_forked_child_disturbs_nothing),
  RULE(readiness_before_the_start), RULE(a_start_wakes_another_thread), RULE(a_drop_wakes_and_repeats),
  RULE(mmap_capture_repeats), RULE(rewind_and_forward), RULE(channel_map)};

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
