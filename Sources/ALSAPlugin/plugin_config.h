// SPDX-License-Identifier: MIT
//
// The keys of a `type aes67` block in ALSA's configuration, read and checked.

#ifndef AES67_PLUGIN_CONFIG_H
#define AES67_PLUGIN_CONFIG_H

#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct plugin_config {
  uint32_t channels;
  uint32_t first_channel;      // 0-based
  char runtime_directory[108]; // no longer than a socket's address
  bool require_daemon;
} plugin_config;

// 0, or a negative errno after reporting the mistake to ALSA's error handler. A ctl block has no
// channels.
int plugin_config_read(snd_config_t *block, bool is_pcm, plugin_config *config);

#endif
