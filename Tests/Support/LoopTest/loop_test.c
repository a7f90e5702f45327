// SPDX-License-Identifier: MIT
//
// Plays a signal into an ALSA device that receives its own streams, and prints on how many channels it was received, and the delay. Each
// sample identifies its channel and frame.
//
//   loop_test PCM CHANNELS      exit status 0 if all channels were received without a gap

#include <alsa/asoundlib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 48000, SIGNAL = 24000, LISTEN = 48000, PERIOD = 1024, BUFFER = 8192 };

static unsigned channels;

// A 24-bit number that is never 0. The odd factor scatters it over the whole range and can be inverted.
static int32_t sample(uint32_t frame, uint32_t channel) {
  return (int32_t)((((channel << 18) + frame + 1) * 0x3779B1u) << 8);
}

static void check(long result, const char *what) {
  if (result >= 0)
    return;
  fprintf(stderr, "%s: %s\n", what, snd_strerror((int)result));
  exit(2);
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
  check(snd_pcm_hw_params_set_period_size(pcm, hw, PERIOD, 0), "period");
  check(snd_pcm_hw_params_set_buffer_size(pcm, hw, BUFFER), "buffer");
  check(snd_pcm_hw_params(pcm, hw), "hw_params");
  check(snd_pcm_sw_params_current(pcm, sw), "sw_params_current");
  check(snd_pcm_sw_params_set_start_threshold(pcm, sw, BUFFER * 2), "start_threshold");
  check(snd_pcm_sw_params(pcm, sw), "sw_params");
  return pcm;
}

// Returns the position of a channel's first sample in the recording; -1 if the signal is not there in one piece.
static long heard_at(const int32_t *recording, uint32_t channel) {
  for (long start = 0; start + SIGNAL <= LISTEN; start++) {
    long frame = 0;
    while (frame < SIGNAL && recording[(start + frame) * channels + channel] == sample((uint32_t)frame, channel))
      frame++;
    if (frame == SIGNAL)
      return start;
  }
  return -1;
}

static void play_and_record(const char *name, int32_t *recording) {
  snd_pcm_t *out = open_pcm(name, SND_PCM_STREAM_PLAYBACK), *in = open_pcm(name, SND_PCM_STREAM_CAPTURE);
  int32_t *block = calloc((size_t)PERIOD * channels, sizeof *block);
  long played = 0;
  for (long recorded = -BUFFER; recorded < LISTEN;) {
    for (uint32_t f = 0; f < PERIOD; f++)
      for (uint32_t c = 0; c < channels; c++)
        block[f * channels + c] = played + f < SIGNAL ? sample((uint32_t)played + f, c) : 0;
    check(snd_pcm_writei(out, block, PERIOD), "playing");
    played += PERIOD;
    if (played < BUFFER)
      continue;
    if (played == BUFFER) { // the buffer is full: start both directions at the same frame
      check(snd_pcm_start(out), "starting playback");
      check(snd_pcm_start(in), "starting capture");
      recorded = 0;
    }
    long part = LISTEN - recorded < PERIOD ? LISTEN - recorded : PERIOD;
    check(snd_pcm_readi(in, recording + recorded * channels, (snd_pcm_uframes_t)part), "recording");
    recorded += part;
  }
  snd_pcm_close(out);
  snd_pcm_close(in);
  free(block);
}

int main(int argc, char **argv) {
  if (argc != 3 || (channels = (unsigned)atoi(argv[2])) < 1 || channels > 64) {
    fputs("usage: loop_test PCM CHANNELS\n", stderr);
    return 2;
  }
  int32_t *recording = calloc((size_t)LISTEN * channels, sizeof *recording);
  play_and_record(argv[1], recording);
  unsigned heard = 0;
  long delay = -1;
  for (uint32_t c = 0; c < channels; c++) {
    long at = heard_at(recording, c);
    if (at >= 0 && (delay < 0 || at == delay)) {
      delay = at;
      heard++;
    }
  }
  free(recording);
  if (heard == 0) {
    printf("not heard on any of %u channels\n", channels);
    return 1;
  }
  printf("heard on %u of %u channels, every sample, after %ld frames (%.2f ms)\n", heard, channels, delay,
         1000.0 * (double)delay / RATE);
  return heard == channels ? 0 : 1;
}
