// SPDX-License-Identifier: MIT

#ifndef AES67_PLUGIN_CLOCK_H
#define AES67_PLUGIN_CLOCK_H

#include <stdint.h>
#include <time.h>

// CLOCK_MONOTONIC in nanoseconds.
static inline int64_t plugin_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
