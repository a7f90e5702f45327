// SPDX-License-Identifier: MIT
//
// A small ALSA program for what aplay and arecord have no options for: every access type, and both directions at once.
//
//   client play    PCM FORMAT ACCESS CHANNELS PERIOD BUFFER FILE
//   client record  PCM FORMAT ACCESS CHANNELS PERIOD BUFFER FILE FRAMES
//   client duplex  PCM FORMAT ACCESS CHANNELS PERIOD BUFFER FILE FRAMES ROUNDS reopen|restart
//
// ACCESS is rw, rwn, mmap or mmapn. FILE holds interleaved frames; duplex plays FILE in each of its ROUNDS while it records
// FRAMES frames into FILE.0, FILE.1, ... Prints "xruns N" at the end; an xrun is recovered from by preparing.

#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  snd_pcm_t *pcm;
  snd_pcm_access_t access;
  size_t channels, sample_bytes;
  snd_pcm_uframes_t period, buffer;
  char *block;   // one period in the layout of `access`
  void **planes; // its channels, for the non-interleaved accesses
} stream;

static unsigned long xruns;

static void check(int result, const char *what) {
  if (result >= 0)
    return;
  fprintf(stderr, "client: %s: %s\n", what, snd_strerror(result));
  exit(1);
}

static bool planar(const stream *s) {
  return s->access == SND_PCM_ACCESS_RW_NONINTERLEAVED ||
         s->access == SND_PCM_ACCESS_MMAP_NONINTERLEAVED;
}

static snd_pcm_access_t access_named(const char *name) {
  if (!strcmp(name, "rw"))
    return SND_PCM_ACCESS_RW_INTERLEAVED;
  if (!strcmp(name, "rwn"))
    return SND_PCM_ACCESS_RW_NONINTERLEAVED;
  if (!strcmp(name, "mmap"))
    return SND_PCM_ACCESS_MMAP_INTERLEAVED;
  if (!strcmp(name, "mmapn"))
    return SND_PCM_ACCESS_MMAP_NONINTERLEAVED;
  fprintf(stderr, "client: unknown access %s\n", name);
  exit(2);
}

// argv: PCM FORMAT ACCESS CHANNELS PERIOD BUFFER
static stream open_stream(char **argv, snd_pcm_stream_t direction) {
  stream s = {.access = access_named(argv[2]), .channels = strtoul(argv[3], NULL, 10)};
  snd_pcm_format_t format = snd_pcm_format_value(argv[1]);
  snd_pcm_hw_params_t *hw;
  snd_pcm_sw_params_t *sw;
  snd_pcm_hw_params_alloca(&hw);
  snd_pcm_sw_params_alloca(&sw);
  s.sample_bytes = snd_pcm_format_physical_width(format) / 8;
  s.period = strtoul(argv[4], NULL, 10);
  s.buffer = strtoul(argv[5], NULL, 10);
  check(snd_pcm_open(&s.pcm, argv[0], direction, 0), "open");
  check(snd_pcm_hw_params_any(s.pcm, hw), "any");
  check(snd_pcm_hw_params_set_access(s.pcm, hw, s.access), "access");
  check(snd_pcm_hw_params_set_format(s.pcm, hw, format), "format");
  check(snd_pcm_hw_params_set_channels(s.pcm, hw, s.channels), "channels");
  check(snd_pcm_hw_params_set_rate(s.pcm, hw, 48000, 0), "rate");
  check(snd_pcm_hw_params_set_period_size(s.pcm, hw, s.period, 0), "period");
  check(snd_pcm_hw_params_set_buffer_size(s.pcm, hw, s.buffer), "buffer");
  check(snd_pcm_hw_params(s.pcm, hw), "hw_params");
  check(snd_pcm_sw_params_current(s.pcm, sw), "sw_params_current");
  // Started explicitly, so that the whole buffer is filled before.
  check(snd_pcm_sw_params_set_start_threshold(s.pcm, sw, s.buffer * 2), "start_threshold");
  check(snd_pcm_sw_params(s.pcm, sw), "sw_params");
  s.block = calloc(s.period * s.channels, s.sample_bytes);
  s.planes = calloc(s.channels, sizeof *s.planes);
  for (size_t c = 0; c < s.channels; c++)
    s.planes[c] = s.block + c * s.period * s.sample_bytes;
  return s;
}

static void close_stream(stream *s) {
  snd_pcm_close(s->pcm);
  free(s->block);
  free(s->planes);
}

// Copies between interleaved frames and the planes of the block.
static void transpose(stream *s, char *frames, size_t count, bool to_block) {
  for (size_t f = 0; f < count; f++)
    for (size_t c = 0; c < s->channels; c++) {
      char *plane = (char *)s->planes[c] + f * s->sample_bytes;
      char *frame = frames + (f * s->channels + c) * s->sample_bytes;
      memcpy(to_block ? plane : frame, to_block ? frame : plane, s->sample_bytes);
    }
}

static snd_pcm_sframes_t put(stream *s, char *frames, size_t count) {
  if (planar(s))
    transpose(s, frames, count, true);
  switch (s->access) {
  case SND_PCM_ACCESS_RW_INTERLEAVED:
    return snd_pcm_writei(s->pcm, frames, count);
  case SND_PCM_ACCESS_RW_NONINTERLEAVED:
    return snd_pcm_writen(s->pcm, s->planes, count);
  case SND_PCM_ACCESS_MMAP_INTERLEAVED:
    return snd_pcm_mmap_writei(s->pcm, frames, count);
  default:
    return snd_pcm_mmap_writen(s->pcm, s->planes, count);
  }
}

static snd_pcm_sframes_t get(stream *s, char *frames, size_t count) {
  snd_pcm_sframes_t got;
  switch (s->access) {
  case SND_PCM_ACCESS_RW_INTERLEAVED:
    return snd_pcm_readi(s->pcm, frames, count);
  case SND_PCM_ACCESS_MMAP_INTERLEAVED:
    return snd_pcm_mmap_readi(s->pcm, frames, count);
  case SND_PCM_ACCESS_RW_NONINTERLEAVED:
    got = snd_pcm_readn(s->pcm, s->planes, count);
    break;
  default:
    got = snd_pcm_mmap_readn(s->pcm, s->planes, count);
  }
  if (got > 0)
    transpose(s, frames, (size_t)got, false);
  return got;
}

// Moves all frames; `playback` gives the direction.
static void move(stream *s, char *frames, size_t count, bool playback) {
  size_t frame_bytes = s->channels * s->sample_bytes;
  for (size_t done = 0; done < count;) {
    size_t part = count - done < s->period ? count - done : s->period;
    snd_pcm_sframes_t moved = (playback ? put : get)(s, frames + done * frame_bytes, part);
    if (moved == -EPIPE) {
      xruns++;
      check(snd_pcm_prepare(s->pcm), "prepare");
      if (!playback)
        check(snd_pcm_start(s->pcm), "start");
      continue;
    }
    check((int)moved, playback ? "write" : "read");
    done += (size_t)moved;
    if (playback && snd_pcm_state(s->pcm) == SND_PCM_STATE_PREPARED &&
        (done == count || snd_pcm_avail(s->pcm) == 0))
      check(snd_pcm_start(s->pcm), "start");
  }
}

static char *load(const char *path, size_t frame_bytes, size_t *frames) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(1);
  }
  *frames = (size_t)ftell(file) / frame_bytes;
  rewind(file);
  char *data = malloc(*frames * frame_bytes);
  if (fread(data, frame_bytes, *frames, file) != *frames)
    exit(1);
  fclose(file);
  return data;
}

static void save(const char *path, const char *data, size_t bytes) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
}

static void play(char **argv) {
  stream s = open_stream(argv, SND_PCM_STREAM_PLAYBACK);
  size_t frames;
  char *data = load(argv[6], s.channels * s.sample_bytes, &frames);
  move(&s, data, frames, true);
  check(snd_pcm_drain(s.pcm), "drain");
  close_stream(&s);
  free(data);
}

static void record(char **argv) {
  stream s = open_stream(argv, SND_PCM_STREAM_CAPTURE);
  size_t frames = strtoul(argv[7], NULL, 10), bytes = frames * s.channels * s.sample_bytes;
  char *data = calloc(1, bytes);
  check(snd_pcm_start(s.pcm), "start");
  move(&s, data, frames, false);
  save(argv[6], data, bytes);
  close_stream(&s);
  free(data);
}

// One round: fills the playback buffer, starts both directions, and moves a period at a time.
static void round_trip(stream *out, stream *in, char *data, size_t count, char *heard, size_t total) {
  size_t frame_bytes = out->channels * out->sample_bytes;
  size_t filled = out->buffer < count ? out->buffer : count;
  for (size_t done = 0; done < filled;) {
    snd_pcm_sframes_t moved =
      put(out, data + done * frame_bytes, filled - done < out->period ? filled - done : out->period);
    check((int)moved, "fill");
    done += (size_t)moved;
  }
  check(snd_pcm_start(out->pcm), "start playback");
  check(snd_pcm_start(in->pcm), "start capture");
  static char silence[1 << 20];
  for (size_t got = 0, sent = filled; got < total; got += in->period, sent += out->period) {
    size_t left = total - got < in->period ? total - got : in->period;
    move(in, heard + got * frame_bytes, left, false);
    move(out, sent + out->period <= count ? data + sent * frame_bytes : silence, out->period, true);
  }
}

static void duplex(char **argv) {
  size_t total = strtoul(argv[7], NULL, 10), rounds = strtoul(argv[8], NULL, 10), count;
  bool reopen = !strcmp(argv[9], "reopen");
  stream out = open_stream(argv, SND_PCM_STREAM_PLAYBACK);
  stream in = open_stream(argv, SND_PCM_STREAM_CAPTURE);
  size_t frame_bytes = out.channels * out.sample_bytes;
  char *data = load(argv[6], frame_bytes, &count), *heard = malloc(total * frame_bytes), path[4096];
  for (size_t r = 0; r < rounds; r++) {
    memset(heard, 0, total * frame_bytes);
    round_trip(&out, &in, data, count, heard, total);
    snprintf(path, sizeof path, "%s.%zu", argv[6], r);
    save(path, heard, total * frame_bytes);
    if (reopen && r + 1 < rounds) {
      close_stream(&in);
      close_stream(&out);
      out = open_stream(argv, SND_PCM_STREAM_PLAYBACK);
      in = open_stream(argv, SND_PCM_STREAM_CAPTURE);
    } else {
      snd_pcm_drop(in.pcm);
      snd_pcm_drop(out.pcm);
      check(snd_pcm_prepare(in.pcm), "prepare capture");
      check(snd_pcm_prepare(out.pcm), "prepare playback");
    }
  }
  close_stream(&in);
  close_stream(&out);
  free(data);
  free(heard);
}

int main(int argc, char **argv) {
  if (argc == 9 && !strcmp(argv[1], "play"))
    play(argv + 2);
  else if (argc == 10 && !strcmp(argv[1], "record"))
    record(argv + 2);
  else if (argc == 12 && !strcmp(argv[1], "duplex"))
    duplex(argv + 2);
  else {
    fputs("client: wrong arguments; see the top of client.c\n", stderr);
    return 2;
  }
  printf("xruns %lu\n", xruns);
  return 0;
}
