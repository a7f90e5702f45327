// SPDX-License-Identifier: MIT
//
// libsndfile as the recorder uses it. The text fields of a broadcast extension (EBU Tech 3285) are arrays of char, which
// Swift sees as tuples: they are filled here.
#ifndef AES67_SOUND_FILE_H
#define AES67_SOUND_FILE_H

#include <sndfile.h>
#include <stdint.h>
#include <string.h>

typedef struct aes67_broadcast_origin {
  const char *description; // 256 bytes are kept
  const char *date;        // yyyy-mm-dd
  const char *time;        // hh:mm:ss
  uint64_t time_reference; // of the first frame: frames since midnight
} aes67_broadcast_origin;

static inline void aes67_fill(char *field, size_t size, const char *text) {
  size_t length = strlen(text);
  memcpy(field, text, length < size ? length : size);
}

// To be called before the first frame is written. False if the format has no such chunk.
static inline int aes67_set_broadcast_origin(SNDFILE *file, aes67_broadcast_origin origin) {
  SF_BROADCAST_INFO info;
  memset(&info, 0, sizeof info);
  aes67_fill(info.description, sizeof info.description, origin.description);
  aes67_fill(info.originator, sizeof info.originator, "aes67-vsc");
  aes67_fill(info.origination_date, sizeof info.origination_date, origin.date);
  aes67_fill(info.origination_time, sizeof info.origination_time, origin.time);
  info.time_reference_low = (uint32_t)origin.time_reference;
  info.time_reference_high = (uint32_t)(origin.time_reference >> 32);
  info.version = 1;
  return sf_command(file, SFC_SET_BROADCAST_INFO, &info, sizeof info) == SF_TRUE;
}

#endif
