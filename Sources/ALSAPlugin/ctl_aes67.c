// SPDX-License-Identifier: MIT
//
// The ALSA control device `aes67`: the state of the daemon, to be read with `amixer -D aes67 contents`.
// All elements are read-only and come straight from the daemon's device page; a read never waits.
// Without a daemon the state shows that, and everything else is 0; a read looks for a new daemon,
// at most every 250 ms.

#include "aes67_labels.h"
#include "plugin_clock.h"
#include "plugin_config.h"
#include "vsc_link.h"

#include <alsa/asoundlib.h>
#include <alsa/control_external.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef enum element {
  CLOCK_STATE,
  DEVICE_FRAME,
  MEDIA_OFFSET,
  PLAYBACK_PID,
  PLAYBACK_START,
  PLAYBACK_XRUNS,
  CAPTURE_PID,
  CAPTURE_START,
  CAPTURE_XRUNS,
  PLAYBACK_NAMES,
  CAPTURE_NAMES,
  ELEMENTS,
} element;

static const struct {
  const char *name;
  int type; // snd_ctl_elem_type_t
  unsigned count;
} elements[ELEMENTS] = {
  [CLOCK_STATE] = {"Clock State", SND_CTL_ELEM_TYPE_ENUMERATED, 1},
  [DEVICE_FRAME] = {"Clock Device Frame", SND_CTL_ELEM_TYPE_INTEGER64, 1},
  [MEDIA_OFFSET] = {"Clock Media Offset", SND_CTL_ELEM_TYPE_INTEGER64, 1},
  [PLAYBACK_PID] = {"Playback Client PID", SND_CTL_ELEM_TYPE_INTEGER, AES67_PLAYBACK_SLOTS},
  [PLAYBACK_START] =
    {"Playback Client Start Frame", SND_CTL_ELEM_TYPE_INTEGER64, AES67_PLAYBACK_SLOTS},
  [PLAYBACK_XRUNS] = {"Playback Client Xruns", SND_CTL_ELEM_TYPE_INTEGER64, AES67_PLAYBACK_SLOTS},
  [CAPTURE_PID] = {"Capture Client PID", SND_CTL_ELEM_TYPE_INTEGER, AES67_CAPTURE_SLOTS},
  [CAPTURE_START] =
    {"Capture Client Start Frame", SND_CTL_ELEM_TYPE_INTEGER64, AES67_CAPTURE_SLOTS},
  [CAPTURE_XRUNS] = {"Capture Client Xruns", SND_CTL_ELEM_TYPE_INTEGER64, AES67_CAPTURE_SLOTS},
  // Item n is the name of channel n + 1, and value n is n: what programs show of an enumeration is a list of names.
  [PLAYBACK_NAMES] = {"Playback Channels", SND_CTL_ELEM_TYPE_ENUMERATED, AES67_CHANNELS},
  [CAPTURE_NAMES] = {"Capture Channels", SND_CTL_ELEM_TYPE_ENUMERATED, AES67_CHANNELS},
};

// The last one is ours, the others are aes67_clock_state.
static const char *const clock_states[] = {
  "free-running", "acquiring", "locked", "holdover", "grandmaster", "no daemon"};
enum { CLOCK_STATES = sizeof clock_states / sizeof clock_states[0], NO_DAEMON = CLOCK_STATES - 1 };

typedef struct aes67_ctl {
  snd_ctl_ext_t ext;
  vsc_link link;
  vsc_memory memory;    // device is NULL without a daemon
  bool requested;       // a reply is due
  int64_t next_attempt; // CLOCK_MONOTONIC, nanoseconds
  pid_t process;
} aes67_ctl;

static const aes67_request observe = {
  .magic = AES67_MAGIC, .abi = AES67_ABI, .kind = AES67_OBSERVE};

// The daemon's page, or NULL. Waits for `timeout` milliseconds only when opening.
static const aes67_device *device(aes67_ctl *ctl, int timeout) {
  char reason[AES67_REASON_BYTES];
  int64_t now = plugin_now();
  if (getpid() != ctl->process)
    return NULL;
  if (ctl->memory.device && vsc_link_hung_up(&ctl->link)) {
    vsc_memory_unmap(&ctl->memory);
    vsc_link_close(&ctl->link);
  }
  if (!ctl->memory.device && now >= ctl->next_attempt) {
    ctl->next_attempt = now + 250 * 1000000;
    ctl->requested = vsc_link_request(&ctl->link, &observe) == 0;
    if (ctl->requested && timeout)
      vsc_link_wait(&ctl->link, timeout);
  }
  if (!ctl->memory.device && ctl->requested)
    ctl->requested =
      vsc_link_receive(&ctl->link, &observe, false, &ctl->memory, reason) == -EAGAIN;
  return ctl->memory.device;
}

static int elem_count(snd_ctl_ext_t *ext) {
  (void)ext;
  return ELEMENTS;
}

static int elem_list(snd_ctl_ext_t *ext, unsigned offset, snd_ctl_elem_id_t *id) {
  (void)ext;
  if (offset >= ELEMENTS)
    return -EINVAL;
  snd_ctl_elem_id_set_interface(id, SND_CTL_ELEM_IFACE_CARD);
  snd_ctl_elem_id_set_name(id, elements[offset].name);
  return 0;
}

static snd_ctl_ext_key_t find_elem(snd_ctl_ext_t *ext, const snd_ctl_elem_id_t *id) {
  (void)ext;
  unsigned number = snd_ctl_elem_id_get_numid(id);
  if (number > 0 && number <= ELEMENTS)
    return number - 1;
  for (unsigned i = 0; i < ELEMENTS; i++)
    if (strcmp(snd_ctl_elem_id_get_name(id), elements[i].name) == 0)
      return i;
  return SND_CTL_EXT_KEY_NOT_FOUND;
}

static int get_attribute(
  snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int *type, unsigned *access, unsigned *count) {
  (void)ext;
  if (key >= ELEMENTS)
    return -ENOENT;
  *type = elements[key].type;
  *access = SND_CTL_EXT_ACCESS_READ | SND_CTL_EXT_ACCESS_VOLATILE;
  *count = elements[key].count;
  return 0;
}

static int get_integer_info(
  snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, long *minimum, long *maximum, long *step) {
  (void)ext;
  (void)key;
  *minimum = 0;
  *maximum = INT32_MAX;
  *step = 0;
  return 0;
}

static int get_integer64_info(
  snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int64_t *minimum, int64_t *maximum, int64_t *step) {
  (void)ext;
  (void)key;
  *minimum = INT64_MIN;
  *maximum = INT64_MAX;
  *step = 0;
  return 0;
}

static int get_enumerated_info(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, unsigned *items) {
  (void)ext;
  *items = key == CLOCK_STATE ? CLOCK_STATES : AES67_CHANNELS;
  return 0;
}

// "12 Vocals": names need not be different, and the number is what programs ask for.
static int get_enumerated_name(
  snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, unsigned item, char *name, size_t size) {
  if (key == CLOCK_STATE) {
    if (item >= CLOCK_STATES)
      return -EINVAL;
    snprintf(name, size, "%s", clock_states[item]);
    return 0;
  }
  if (item >= AES67_CHANNELS)
    return -EINVAL;
  const aes67_device *page = device(ext->private_data, 0);
  char label[AES67_LABEL_BYTES] = "";
  if (page)
    aes67_label_read(page, key == PLAYBACK_NAMES ? AES67_PLAYBACK : AES67_CAPTURE, item, label);
  snprintf(name, size, "%u%s%s", item + 1, label[0] ? " " : "", label);
  return 0;
}

static int read_integer(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, long *values) {
  const aes67_device *page = device(ext->private_data, 0);
  unsigned first = key == PLAYBACK_PID ? 0 : AES67_PLAYBACK_SLOTS;
  for (unsigned i = 0; i < elements[key].count; i++) {
    const aes67_client_status *client = page ? &page->clients[first + i] : NULL;
    values[i] = client && aes67_client_status_in_use(client) ? aes67_client_status_pid(client) : 0;
  }
  return 0;
}

static int read_integer64(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int64_t *values) {
  const aes67_device *page = device(ext->private_data, 0);
  aes67_clock_snapshot clock = {0};
  if (key == DEVICE_FRAME || key == MEDIA_OFFSET) {
    bool read = page && aes67_clock_read(&page->clock, &clock);
    int64_t frame = read ? aes67_clock_frame_at(&clock, plugin_now()) : 0;
    values[0] = key == DEVICE_FRAME ? frame : clock.media_offset;
    return 0;
  }
  bool of_playback = key == PLAYBACK_START || key == PLAYBACK_XRUNS;
  bool start = key == PLAYBACK_START || key == CAPTURE_START;
  for (unsigned i = 0; i < elements[key].count; i++) {
    values[i] = 0;
    const aes67_client_status *client =
      page ? &page->clients[i + (of_playback ? 0 : AES67_PLAYBACK_SLOTS)] : NULL;
    if (client && aes67_client_status_in_use(client))
      values[i] = start ? aes67_client_status_start_frame(client)
                        : (int64_t)aes67_client_status_xruns(client);
  }
  return 0;
}

static int read_enumerated(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, unsigned *items) {
  if (key != CLOCK_STATE) {
    for (unsigned i = 0; i < AES67_CHANNELS; i++)
      items[i] = i;
    return 0;
  }
  const aes67_device *page = device(ext->private_data, 0);
  aes67_clock_snapshot clock;
  *items = NO_DAEMON;
  if (page && aes67_clock_read(&page->clock, &clock) && clock.state < NO_DAEMON)
    *items = clock.state;
  return 0;
}

// No element announces its changes.
static int read_event(snd_ctl_ext_t *ext, snd_ctl_elem_id_t *id, unsigned *mask) {
  (void)ext;
  (void)id;
  (void)mask;
  return -EAGAIN;
}

static void close_ctl(snd_ctl_ext_t *ext) {
  aes67_ctl *ctl = ext->private_data;
  vsc_memory_unmap(&ctl->memory);
  vsc_link_close(&ctl->link);
  free(ctl);
}

static const snd_ctl_ext_callback_t callbacks = {
  .close = close_ctl,
  .elem_count = elem_count,
  .elem_list = elem_list,
  .find_elem = find_elem,
  .get_attribute = get_attribute,
  .get_integer_info = get_integer_info,
  .get_integer64_info = get_integer64_info,
  .get_enumerated_info = get_enumerated_info,
  .get_enumerated_name = get_enumerated_name,
  .read_integer = read_integer,
  .read_integer64 = read_integer64,
  .read_enumerated = read_enumerated,
  .read_event = read_event,
};

SND_CTL_PLUGIN_DEFINE_FUNC(aes67) __attribute__((visibility("default")));

SND_CTL_PLUGIN_DEFINE_FUNC(aes67) {
  (void)root;
  plugin_config config;
  int error = plugin_config_read(conf, false, &config);
  if (error)
    return error;
  aes67_ctl *ctl = calloc(1, sizeof *ctl);
  if (!ctl)
    return -ENOMEM;
  ctl->process = getpid();
  ctl->ext = (snd_ctl_ext_t){
    .version = SND_CTL_EXT_VERSION,
    .id = "aes67",
    .driver = "aes67",
    .name = "AES67 Virtual Sound Card",
    .mixername = "AES67 Virtual Sound Card",
    .poll_fd = -1,
    .callback = &callbacks,
    .private_data = ctl,
  };
  snprintf(ctl->ext.longname, sizeof ctl->ext.longname, "%s, %d channels in and out", ctl->ext.name, AES67_CHANNELS);
  vsc_link_init(&ctl->link, config.runtime_directory); // its length was checked with the rest
  if (!device(ctl, VSC_ANSWER_MILLISECONDS) && config.require_daemon) {
    SNDERR("aes67: no aes67d answers at %s; start it (systemctl start aes67d)",
      config.runtime_directory);
    error = -ENODEV;
  }
  if (!error)
    error = snd_ctl_ext_create(&ctl->ext, name, mode);
  if (error) {
    close_ctl(&ctl->ext);
    return error;
  }
  *handlep = ctl->ext.handle;
  return 0;
}

__attribute__((visibility("default"))) SND_CTL_PLUGIN_SYMBOL(aes67);
