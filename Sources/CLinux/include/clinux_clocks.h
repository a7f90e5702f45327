// SPDX-License-Identifier: MIT
//
// Clocks other than CLOCK_MONOTONIC: the system's TAI, its state in the kernel, and the hardware
// clocks of network cards (ptp_clock.h). Nothing here can set a clock. Times in nanoseconds.

#ifndef CLINUX_CLOCKS_H
#define CLINUX_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

// The state of the system's clock, from adjtimex.
typedef struct clinux_clock_state {
  int tai_offset_seconds; // 0 if it was never set
  bool is_synchronized;
  int64_t maximum_error_ns;
} clinux_clock_state;

// 0, or -1 and errno.
int clinux_read_clock_state(clinux_clock_state *state);

// CLOCK_TAI, which is UTC unless the kernel was given the difference.
int64_t clinux_tai_nanoseconds(void);

// One reading of a hardware clock between two of a system clock.
typedef struct clinux_phc_sample {
  int64_t before_ns;
  int64_t clock_ns;
  int64_t after_ns;
} clinux_phc_sample;

// A hardware clock such as /dev/ptp0; -1 and errno: ENOTTY if it is not a character device.
int clinux_phc_open(const char *path);

// The card itself compares its clock with CLOCK_REALTIME: `before` and `after` are equal.
int clinux_phc_read_precise(int clock, clinux_phc_sample *sample);

// The driver reads the system clock around each of its reads; the shortest of ten. CLOCK_MONOTONIC
// needs Linux 6.12, CLOCK_REALTIME 5.0; otherwise EINVAL or ENOTTY.
int clinux_phc_read_extended(int clock, bool monotonic, clinux_phc_sample *sample);

// Reads only the clock.
int clinux_phc_read_plain(int clock, int64_t *nanoseconds);

#endif
