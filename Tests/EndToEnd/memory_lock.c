// SPDX-License-Identifier: MIT
//
// A program that locks all its memory under a limit, as real-time programs of ordinary users do:
//
//   memory_lock PCM play|record CHANNELS LIMIT full|room
//
// LIMIT is RLIMIT_MEMLOCK in KiB. With `full` the program uses up the limit before it sets up the device. Prints "moved N frames, locked A
// KiB before the device was set up and B KiB after". On a failure the exit status is 1 and ALSA's message is printed.

#include <alsa/asoundlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { PERIOD = 256, BUFFER = 1024, FRAMES = 9600 };

static void check(int result, const char *what) {
  if (result >= 0)
    return;
  fprintf(stderr, "memory_lock: %s: %s\n", what, snd_strerror(result));
  exit(1);
}

static long locked_kib(void) {
  char line[256];
  long kib = -1;
  FILE *status = fopen("/proc/self/status", "re");
  while (status && kib < 0 && fgets(line, sizeof line, status))
    sscanf(line, "VmLck: %ld", &kib);
  if (status)
    fclose(status);
  return kib;
}

int main(int count, char **arguments) {
  if (count != 6)
    return 2;
  snd_pcm_stream_t direction =
    strcmp(arguments[2], "play") ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
  unsigned channels = (unsigned)atoi(arguments[3]);
  rlim_t bytes = (rlim_t)atol(arguments[4]) * 1024;
  struct rlimit limit = {bytes, bytes};
  int32_t *block = calloc((size_t)PERIOD * channels, sizeof *block);
  if (setrlimit(RLIMIT_MEMLOCK, &limit) < 0 || mlockall(MCL_FUTURE) < 0 || !block) {
    perror("memory_lock");
    return 2;
  }
  snd_pcm_t *pcm;
  snd_pcm_hw_params_t *hw;
  snd_pcm_hw_params_alloca(&hw);
  check(snd_pcm_open(&pcm, arguments[1], direction, 0), "open");
  check(snd_pcm_hw_params_any(pcm, hw), "any");
  check(snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED), "access");
  check(snd_pcm_hw_params_set_format(pcm, hw, SND_PCM_FORMAT_S32_LE), "format");
  check(snd_pcm_hw_params_set_channels(pcm, hw, channels), "channels");
  check(snd_pcm_hw_params_set_rate(pcm, hw, 48000, 0), "rate");
  check(snd_pcm_hw_params_set_period_size(pcm, hw, PERIOD, 0), "period");
  check(snd_pcm_hw_params_set_buffer_size(pcm, hw, BUFFER), "buffer");
  long before = locked_kib();
  if (!strcmp(arguments[5], "full"))
    while (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
      ;
  check(snd_pcm_hw_params(pcm, hw), "hw_params");
  long after = locked_kib(), moved = 0;
  while (moved < FRAMES) {
    long done = direction == SND_PCM_STREAM_PLAYBACK ? snd_pcm_writei(pcm, block, PERIOD)
                                                     : snd_pcm_readi(pcm, block, PERIOD);
    if (done == -EPIPE)
      done = snd_pcm_prepare(pcm);
    check((int)done, "transfer");
    moved += done;
  }
  printf("moved %ld frames, locked %ld KiB before the device was set up and %ld KiB after\n", moved, before, after);
  snd_pcm_close(pcm);
  return 0;
}
