// SPDX-License-Identifier: MIT
//
// The names of the device's channels: the daemon writes them into the device page, and the control plug-in shows them.
// They follow the content of aes67_shm.h; a daemon that does not know them leaves zeros, which are empty names.

#ifndef AES67_LABELS_H
#define AES67_LABELS_H

#include "aes67_shm.h"

#include <string.h>

enum {
  AES67_LABELS_OFFSET = 8192,
  AES67_LABEL_BYTES = 48, // with the terminating 0; UTF-8
  AES67_LABEL_WORDS = AES67_LABEL_BYTES / 8,
};

// Under a sequence lock: odd while the daemon writes. Direction, then device channel from 0.
typedef struct aes67_labels {
  _Atomic uint32_t sequence;
  uint32_t reserved;
  _Atomic uint64_t text[2][AES67_CHANNELS][AES67_LABEL_WORDS];
} aes67_labels;

_Static_assert(sizeof(aes67_device) <= AES67_LABELS_OFFSET, "labels lie behind the device page's own fields");
_Static_assert(AES67_LABELS_OFFSET + sizeof(aes67_labels) <= AES67_DEVICE_HEADER_BYTES, "header fits");

// The daemon's, all of one direction at once: `texts` holds AES67_CHANNELS of AES67_LABEL_BYTES each. Only one thread may write.
static inline void aes67_labels_publish(aes67_device *device, aes67_direction direction, const char *texts) {
  aes67_labels *labels = (aes67_labels *)((char *)device + AES67_LABELS_OFFSET);
  uint32_t sequence = atomic_load_explicit(&labels->sequence, memory_order_relaxed);
  atomic_exchange_explicit(&labels->sequence, sequence + 1, memory_order_acq_rel);
  for (int channel = 0; channel < AES67_CHANNELS; channel++)
    for (int word = 0; word < AES67_LABEL_WORDS; word++) {
      uint64_t bytes;
      memcpy(&bytes, texts + channel * AES67_LABEL_BYTES + word * 8, sizeof bytes);
      AES67_STORE(labels->text[direction][channel][word], bytes);
    }
  AES67_STORE(labels->sequence, sequence + 2);
}

// The name of a device channel from 0, terminated; empty if it has none, or if the daemon keeps changing it.
static inline void aes67_label_read(
  const aes67_device *device, aes67_direction direction, unsigned channel, char text[AES67_LABEL_BYTES]) {
  const aes67_labels *labels = (const aes67_labels *)((const char *)device + AES67_LABELS_OFFSET);
  for (int attempt = 0; attempt < 8; attempt++) {
    uint32_t before = AES67_LOAD(labels->sequence);
    if (before & 1)
      continue;
    for (int word = 0; word < AES67_LABEL_WORDS; word++) {
      uint64_t bytes = AES67_LOAD(labels->text[direction][channel][word]);
      memcpy(text + word * 8, &bytes, sizeof bytes);
    }
    text[AES67_LABEL_BYTES - 1] = 0;
    if (AES67_LOAD(labels->sequence) == before)
      return;
  }
  text[0] = 0;
}

#endif
