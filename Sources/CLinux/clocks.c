// SPDX-License-Identifier: MIT
#include "clinux_clocks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ptp_clock.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int64_t nanoseconds(const struct timespec *time) {
  return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static int64_t phc_nanoseconds(const struct ptp_clock_time *time) {
  return (int64_t)time->sec * 1000000000 + time->nsec;
}

int clinux_read_clock_state(clinux_clock_state *state) {
  struct timex answer = {.modes = 0};
  int code = adjtimex(&answer);
  if (code < 0)
    return -1;
  state->tai_offset_seconds = answer.tai;
  state->is_synchronized = code != TIME_ERROR && !(answer.status & STA_UNSYNC);
  state->maximum_error_ns = (int64_t)answer.maxerror * 1000;
  return 0;
}

int64_t clinux_tai_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_TAI, &time);
  return nanoseconds(&time);
}

int clinux_phc_open(const char *path) {
  // Whatever the path names, opening it does not block, and never makes it the controlling terminal.
  int clock = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;
  if (clock >= 0 && (fstat(clock, &status) != 0 || !S_ISCHR(status.st_mode))) {
    close(clock);
    errno = ENOTTY;
    return -1;
  }
  return clock;
}

int clinux_phc_read_precise(int clock, clinux_phc_sample *sample) {
  struct ptp_sys_offset_precise answer;
  memset(&answer, 0, sizeof answer);
  if (ioctl(clock, PTP_SYS_OFFSET_PRECISE2, &answer) != 0)
    return -1;
  sample->clock_ns = phc_nanoseconds(&answer.device);
  sample->before_ns = sample->after_ns = phc_nanoseconds(&answer.sys_realtime);
  return 0;
}

int clinux_phc_read_extended(int clock, bool monotonic, clinux_phc_sample *sample) {
  struct ptp_sys_offset_extended answer;
  memset(&answer, 0, sizeof answer);
  answer.n_samples = 10;
  // Newer headers call the first reserved word clockid.
  if (monotonic)
    answer.rsv[0] = CLOCK_MONOTONIC;
  if (ioctl(clock, PTP_SYS_OFFSET_EXTENDED2, &answer) != 0)
    return -1;
  int64_t tightest = INT64_MAX;
  for (unsigned i = 0; i < answer.n_samples && i < PTP_MAX_SAMPLES; i++) {
    int64_t before = phc_nanoseconds(&answer.ts[i][0]), after = phc_nanoseconds(&answer.ts[i][2]);
    if (after - before >= tightest)
      continue;
    tightest = after - before;
    *sample = (clinux_phc_sample){
      .before_ns = before, .clock_ns = phc_nanoseconds(&answer.ts[i][1]), .after_ns = after};
  }
  return 0;
}

int clinux_phc_read_plain(int clock, int64_t *result) {
  // The kernel's number for the clock of a descriptor (FD_TO_CLOCKID).
  clockid_t number = (clockid_t)((~(unsigned)clock << 3) | 3);
  struct timespec time;
  if (clock_gettime(number, &time) != 0)
    return -1;
  *result = nanoseconds(&time);
  return 0;
}
