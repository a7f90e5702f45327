// SPDX-License-Identifier: MIT
//
// The ALSA PCM `aes67`: opening, configuration, and what it offers. It is loaded into every audio
// program, so it has no threads, no signal handlers and prints only through ALSA's error
// handler.
//
// Opening only reads the daemon's minimum period (PortAudio opens every PCM just to list it); a slot
// is taken by hw_params and returned by hw_free. Without a daemon the device prints a message once,
// and works and free-runs nevertheless, unless the configuration has `require_daemon on`.
//
//   pcm.x { type aes67
//     channels 64              # 1 to 64: fixed, which keeps ALSA's limits in frames exact
//     first_channel 1          # of the device's 64, from 1
//     instance ""              # the aes67d instance; its runtime directory is /run/aes67[-NAME]
//     runtime_directory "/..." # or that directory itself
//     require_daemon off }     # on: fail to open when no daemon runs

#include "pcm_aes67.h"
#include "plugin_clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "plugin_config.h"

// The greatest sizes are whole milliseconds for samples of 4, 3 and 2 bytes, and so are their quarters:
// programs that choose by time, such as aplay, get round numbers. 8,192 frames are possible.
enum {
  PERIOD_FRAMES_WITHOUT_DAEMON = 64, // the default of aes67d
  PERIOD_FRAMES_MAX = 4320,          // 90 ms
  BUFFER_FRAMES_MAX = 8640,          // 180 ms
  PERIODS_MIN = 2,
  WIDEST_SAMPLE_BYTES = 4,
};

static const struct {
  snd_pcm_format_t alsa;
  sample_format ours;
} formats[] = {
  {SND_PCM_FORMAT_S32_LE, SAMPLE_S32},
  {SND_PCM_FORMAT_S24_LE, SAMPLE_S24},
  {SND_PCM_FORMAT_S24_3LE, SAMPLE_S24_3},
  {SND_PCM_FORMAT_S16_LE, SAMPLE_S16},
  {SND_PCM_FORMAT_FLOAT_LE, SAMPLE_FLOAT},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

// alsa-lib limits periods and buffers in bytes only, before it knows the format. These are exact
// for the 4-byte formats; for narrower formats both limits are up to twice as many frames, which
// AES67_BUFFER_FRAMES_MAX allows for. (A list of whole frames instead of the range of period bytes
// would be tidier, but alsa-lib 1.2.8 then finds no solution for aplay's default times.)
static int constrain(aes67_pcm *pcm, unsigned period_min) {
  static const unsigned accesses[] = {SND_PCM_ACCESS_MMAP_INTERLEAVED,
    SND_PCM_ACCESS_MMAP_NONINTERLEAVED, SND_PCM_ACCESS_RW_INTERLEAVED,
    SND_PCM_ACCESS_RW_NONINTERLEAVED};
  unsigned offered[FORMATS];
  for (size_t i = 0; i < FORMATS; i++)
    offered[i] = formats[i].alsa;
  unsigned frame = pcm->channels * WIDEST_SAMPLE_BYTES;
  const struct {
    int what;
    unsigned minimum, maximum;
  } ranges[] = {
    {SND_PCM_IOPLUG_HW_CHANNELS, pcm->channels, pcm->channels},
    {SND_PCM_IOPLUG_HW_RATE, AES67_RATE, AES67_RATE},
    {SND_PCM_IOPLUG_HW_PERIOD_BYTES, period_min * frame, PERIOD_FRAMES_MAX * frame},
    {SND_PCM_IOPLUG_HW_BUFFER_BYTES, PERIODS_MIN * period_min * frame, BUFFER_FRAMES_MAX * frame},
    {SND_PCM_IOPLUG_HW_PERIODS, PERIODS_MIN, BUFFER_FRAMES_MAX / period_min},
  };
  int error = snd_pcm_ioplug_set_param_list(&pcm->io, SND_PCM_IOPLUG_HW_ACCESS, 4, accesses);
  if (!error)
    error = snd_pcm_ioplug_set_param_list(&pcm->io, SND_PCM_IOPLUG_HW_FORMAT, FORMATS, offered);
  for (size_t i = 0; !error && i < sizeof ranges / sizeof ranges[0]; i++)
    error = snd_pcm_ioplug_set_param_minmax(
      &pcm->io, ranges[i].what, ranges[i].minimum, ranges[i].maximum);
  return error;
}

static int hw_params(snd_pcm_ioplug_t *io, snd_pcm_hw_params_t *params) {
  (void)params;
  aes67_pcm *pcm = io->private_data;
  if (getpid() != pcm->process)
    return -EBADFD;
  for (size_t i = 0; i < FORMATS; i++)
    if (formats[i].alsa == io->format)
      pcm->format = formats[i].ours;
  char reason[AES67_REASON_BYTES] = "";
  int error = vsc_client_attach(pcm->client, (uint32_t)io->period_size,
    (uint32_t)io->buffer_size, plugin_now(), reason);
  if (error) {
    SNDERR("aes67: %s: %s (%s)", pcm->runtime_directory, reason, snd_strerror(error));
    if (error == -EACCES)
      SNDERR("aes67: only members of the group that aes67d serves (device: socket-group:, usually "
             "audio) may open the device");
    return error == -EPROTONOSUPPORT ? -ENODEV : error;
  }
  uint32_t minimum = vsc_stream_minimum_period(pcm->client);
  if (io->period_size < minimum) { // it was raised since the device was opened
    SNDERR("aes67: a period of %lu frames; aes67d allows no less than %u (device: "
           "minimum-period: in aes67d.yaml)",
      io->period_size, minimum);
    vsc_client_detach(pcm->client);
    return -EINVAL;
  }
  return 0;
}

static int hw_free(snd_pcm_ioplug_t *io) {
  aes67_pcm *pcm = io->private_data;
  vsc_client_detach(pcm->client);
  return 0;
}

static int close_pcm(snd_pcm_ioplug_t *io) {
  aes67_pcm *pcm = io->private_data;
  vsc_client_free(pcm->client);
  close(io->poll_fd);
  free(pcm);
  return 0;
}

// ---------------------------------------------------------------------------------------------
// Channel maps: our channels are numbers, not loudspeakers, except mono and stereo by custom.

static void fill_map(const aes67_pcm *pcm, snd_pcm_chmap_t *map) {
  map->channels = pcm->channels;
  for (uint32_t c = 0; c < pcm->channels; c++)
    map->pos[c] = SND_CHMAP_UNKNOWN;
  if (pcm->channels == 1)
    map->pos[0] = SND_CHMAP_MONO;
  if (pcm->channels == 2) {
    map->pos[0] = SND_CHMAP_FL;
    map->pos[1] = SND_CHMAP_FR;
  }
}

static snd_pcm_chmap_query_t **query_chmaps(snd_pcm_ioplug_t *io) {
  const aes67_pcm *pcm = io->private_data;
  snd_pcm_chmap_query_t **maps = calloc(2, sizeof *maps); // ends with NULL
  if (!maps)
    return NULL;
  maps[0] = calloc(1, sizeof **maps + pcm->channels * sizeof maps[0]->map.pos[0]);
  if (!maps[0]) {
    free(maps);
    return NULL;
  }
  maps[0]->type = SND_CHMAP_TYPE_FIXED;
  fill_map(pcm, &maps[0]->map);
  return maps;
}

static snd_pcm_chmap_t *get_chmap(snd_pcm_ioplug_t *io) {
  const aes67_pcm *pcm = io->private_data;
  snd_pcm_chmap_t *map = calloc(1, sizeof *map + pcm->channels * sizeof map->pos[0]);
  if (map)
    fill_map(pcm, map);
  return map;
}

static int set_chmap(snd_pcm_ioplug_t *io, const snd_pcm_chmap_t *map) {
  const aes67_pcm *pcm = io->private_data;
  snd_pcm_chmap_t *own = get_chmap(io);
  if (!own)
    return -ENOMEM;
  bool same = map->channels == pcm->channels &&
              memcmp(own->pos, map->pos, pcm->channels * sizeof map->pos[0]) == 0;
  free(own);
  return same ? 0 : -ENXIO;
}

static void dump(snd_pcm_ioplug_t *io, snd_output_t *out) {
  static const char *const states[] = {[VSC_DETACHED] = "no daemon, free-running",
    [VSC_REQUESTED] = "waiting for the daemon, free-running",
    [VSC_ATTACHED] = "attached",
    [VSC_INCOMPATIBLE] = "daemon of another release"};
  const aes67_pcm *pcm = io->private_data;
  vsc_stream_info info = vsc_stream_look(pcm->client);
  snd_output_printf(out, "AES67 virtual sound card, channels %u to %u, daemon at %s: %s\n",
    pcm->first_channel + 1, pcm->first_channel + pcm->channels, pcm->runtime_directory,
    states[info.state]);
  if (info.state == VSC_ATTACHED)
    snd_output_printf(out, "  slot         : %u\n", info.slot);
  if (info.running)
    snd_output_printf(out, "  start frame  : %lld (media frame %lld)\n",
      (long long)info.start_frame, (long long)(info.start_frame + info.media_offset));
  snd_output_printf(out, "  xruns        : %llu\n", (unsigned long long)info.xruns);
  if (io->state >= SND_PCM_STATE_SETUP) {
    snd_output_printf(out, "Its setup is:\n");
    snd_pcm_dump_setup(io->pcm, out);
  }
}

const snd_pcm_ioplug_callback_t aes67_pcm_callbacks = {
  .start = aes67_pcm_start,
  .stop = aes67_pcm_stop,
  .pointer = aes67_pcm_pointer,
  .transfer = aes67_pcm_transfer,
  .close = close_pcm,
  .hw_params = hw_params,
  .hw_free = hw_free,
  .sw_params = aes67_pcm_sw_params,
  .prepare = aes67_pcm_prepare,
  .drain = aes67_pcm_drain,
  .pause = aes67_pcm_pause,
  .poll_descriptors = aes67_pcm_poll_descriptors,
  .poll_revents = aes67_pcm_poll_revents,
  .dump = dump,
  .delay = aes67_pcm_delay,
  .query_chmaps = query_chmaps,
  .get_chmap = get_chmap,
  .set_chmap = set_chmap,
};

// ---------------------------------------------------------------------------------------------
// Opening

// Prints once, for each daemon that a program looks for, that the device will be silent.
static void report_absence(const aes67_pcm *pcm) {
  static _Atomic uint64_t reported;
  static const char instances[] = "/run/aes67-";
  const char *directory = pcm->runtime_directory;
  uint64_t instance = vsc_client_instance(pcm->client);
  if (atomic_exchange(&reported, instance) == instance)
    return;
  if (strncmp(directory, instances, sizeof instances - 1) == 0)
    SNDERR("aes67: no aes67d runs at %s: the device is silent until one does (systemctl start "
           "aes67d@%s, if there is a card of that name)",
      directory, directory + sizeof instances - 1);
  else
    SNDERR("aes67: no aes67d runs at %s: the device is silent until one does (systemctl start "
           "aes67d)",
      directory);
}

// Asks the daemon for its minimum period.
static int look_for_daemon(const aes67_pcm *pcm, bool required, unsigned *period_min) {
  uint32_t minimum = 0;
  int error = vsc_client_look(pcm->runtime_directory, &minimum);
  *period_min = !error && minimum > 0 && minimum <= PERIOD_FRAMES_MAX
                  ? minimum
                  : PERIOD_FRAMES_WITHOUT_DAEMON;
  if (error && required) {
    SNDERR("aes67: no aes67d answers at %s; start it (systemctl start aes67d), or leave out "
           "require_daemon to run without",
      pcm->runtime_directory);
    return -ENODEV;
  }
  if (error == -ENOENT)
    report_absence(pcm);
  return 0;
}

static int make_client(aes67_pcm *pcm, const plugin_config *config, snd_pcm_stream_t stream) {
  memcpy(pcm->runtime_directory, config->runtime_directory, sizeof pcm->runtime_directory);
  pcm->channels = config->channels;
  pcm->first_channel = config->first_channel;
  pcm->process = getpid();
  pcm->client = vsc_client_new(pcm->runtime_directory,
    stream == SND_PCM_STREAM_PLAYBACK ? AES67_PLAYBACK : AES67_CAPTURE, pcm->channels,
    pcm->first_channel);
  if (!pcm->client)
    return -errno;
  pcm->io.poll_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  return pcm->io.poll_fd < 0 ? -errno : 0;
}

SND_PCM_PLUGIN_DEFINE_FUNC(aes67) __attribute__((visibility("default")));

SND_PCM_PLUGIN_DEFINE_FUNC(aes67) {
  (void)root;
  plugin_config config;
  int error = plugin_config_read(conf, true, &config);
  if (error)
    return error;
  aes67_pcm *pcm = calloc(1, sizeof *pcm);
  if (!pcm)
    return -ENOMEM;
  pcm->io = (snd_pcm_ioplug_t){
    .version = SND_PCM_IOPLUG_VERSION,
    .name = "AES67 Virtual Sound Card",
    // Not FLAG_MONOTONIC: alsa-lib then stamps by CLOCK_MONOTONIC, but reports the opposite to programs
    // (snd_pcm_hw_params_is_monotonic). Those that ask for a clock in their sw_params get it.
    .flags = SND_PCM_IOPLUG_FLAG_BOUNDARY_WA,
    .poll_fd = -1,
    .poll_events = POLLIN,
    .callback = &aes67_pcm_callbacks,
    .nonblock = (mode & SND_PCM_NONBLOCK) != 0, // alsa-lib sets it only when it changes
    .private_data = pcm,
  };
  unsigned period_min;
  error = make_client(pcm, &config, stream);
  if (!error)
    error = look_for_daemon(pcm, config.require_daemon, &period_min);
  if (!error)
    error = snd_pcm_ioplug_create(&pcm->io, name, stream, mode);
  if (error) {
    if (pcm->io.poll_fd >= 0)
      close(pcm->io.poll_fd);
    if (pcm->client)
      vsc_client_free(pcm->client);
    free(pcm);
    return error;
  }
  error = constrain(pcm, period_min);
  if (error) {
    snd_pcm_ioplug_delete(&pcm->io); // calls close_pcm
    return error;
  }
  *pcmp = pcm->io.pcm;
  return 0;
}

__attribute__((visibility("default"))) SND_PCM_PLUGIN_SYMBOL(aes67);
