// SPDX-License-Identifier: MIT

#include "plugin_config.h"

#include "aes67_shm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// A whole number, also when it came as text (`aes67:CH=2` passes through a string).
static int read_number(snd_config_t *node, const char *key, long *value) {
  const char *text;
  char rest;
  if (snd_config_get_integer(node, value) == 0)
    return 0;
  if (snd_config_get_string(node, &text) == 0 && sscanf(text, "%ld%c", value, &rest) == 1)
    return 0;
  SNDERR("aes67: %s must be a whole number", key);
  return -EINVAL;
}

static int read_text(snd_config_t *node, const char *key, const char **text, char *buffer) {
  long number;
  if (snd_config_get_string(node, text) == 0)
    return 0;
  if (snd_config_get_integer(node, &number) == 0) { // an instance can be named 2
    snprintf(buffer, 24, "%ld", number);
    *text = buffer;
    return 0;
  }
  SNDERR("aes67: %s must be a name", key);
  return -EINVAL;
}

static int set_runtime_directory(
  plugin_config *config, const char *instance, const char *directory) {
  char *to = config->runtime_directory;
  size_t size = sizeof config->runtime_directory;
  if (strchr(instance, '/')) {
    SNDERR("aes67: instance \"%s\" must be a plain name; use runtime_directory for a path",
      instance);
    return -EINVAL;
  }
  int length;
  if (*directory)
    length = snprintf(to, size, "%s", directory);
  else if (*instance)
    length = snprintf(to, size, "/run/aes67-%s", instance);
  else
    length = snprintf(to, size, "/run/aes67");
  if (length < 0 || (size_t)length + sizeof "/clients.sock" > size) {
    SNDERR("aes67: the runtime directory's path is too long for a socket: %s%s", directory,
      instance);
    return -ENAMETOOLONG;
  }
  return 0;
}

// Ignored keys: alsa-lib's own, and those of `hw`, whose definition leads here for the card AES67
// (configs/61-aes67-card.conf).
static bool is_elsewhere(const char *key, bool is_pcm) {
  static const char *const always[] = {"comment", "type", "hint"};
  static const char *const of_hw[] = {"card", "device", "subdevice"};
  for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
    if (!strcmp(key, always[i]))
      return true;
  for (size_t i = 0; is_pcm && i < sizeof of_hw / sizeof of_hw[0]; i++)
    if (!strcmp(key, of_hw[i]))
      return true;
  return false;
}

int plugin_config_read(snd_config_t *block, bool is_pcm, plugin_config *config) {
  long channels = AES67_CHANNELS, first = 1;
  const char *instance = "", *directory = "";
  char number[24];
  *config = (plugin_config){0};
  snd_config_iterator_t i, next;
  snd_config_for_each(i, next, block) {
    snd_config_t *node = snd_config_iterator_entry(i);
    const char *key;
    int error = 0;
    if (snd_config_get_id(node, &key) < 0 || is_elsewhere(key, is_pcm))
      continue;
    if (is_pcm && !strcmp(key, "channels")) {
      error = read_number(node, key, &channels);
    } else if (is_pcm && !strcmp(key, "first_channel")) {
      error = read_number(node, key, &first);
    } else if (!strcmp(key, "instance")) {
      error = read_text(node, key, &instance, number);
    } else if (!strcmp(key, "runtime_directory")) {
      error = snd_config_get_string(node, &directory);
    } else if (!strcmp(key, "require_daemon")) {
      int on = snd_config_get_bool(node);
      config->require_daemon = on > 0;
      error = on < 0 ? on : 0;
    } else {
      error = -EINVAL;
    }
    if (error) {
      SNDERR("aes67: %s: unknown or not understood; known: %sinstance, runtime_directory, "
             "require_daemon",
        key, is_pcm ? "channels, first_channel, " : "");
      return error;
    }
  }
  if (channels < 1 || first < 1 || channels > AES67_CHANNELS ||
      first > AES67_CHANNELS - channels + 1) {
    SNDERR("aes67: %ld channels from channel %ld; the device has channels 1 to %d", channels, first,
      AES67_CHANNELS);
    return -EINVAL;
  }
  config->channels = (uint32_t)channels;
  config->first_channel = (uint32_t)(first - 1);
  return set_runtime_directory(config, instance, directory);
}
