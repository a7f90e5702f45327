// SPDX-License-Identifier: MIT
//
// Preloaded into aes67d: replaces the C library's answers about clocks that this machine does not have, or that are in another state here.
// The file that AES67_CLOCKS names has lines of a word and a number, and is read at each call:
//   synchronized 0|1    STA_UNSYNC of adjtimex
//   maxerror US         maximum error of adjtimex
//   tai S               TAI - UTC, of adjtimex and CLOCK_TAI
//   phc NS              /dev/ptp0 exists, and its time is CLOCK_MONOTONIC plus this value
//   phc-rate PPB        its gain since CLOCK_MONOTONIC was zero
//   stamps 0            the error queue has no transmit timestamps
// All other calls go to the kernel.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ptp_clock.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int phc = -1;

static bool said(const char *word, long long *value) {
  const char *path = getenv("AES67_CLOCKS");
  FILE *file = path ? fopen(path, "r") : NULL;
  char found[32];
  bool is_said = false;
  while (file && fscanf(file, "%31s %lld", found, value) == 2)
    if (strcmp(found, word) == 0) {
      is_said = true;
      break;
    }
  if (file)
    fclose(file);
  return is_said;
}

#define REAL(type, name, ...)                                                                      \
  static type (*real)(__VA_ARGS__);                                                                \
  if (!real)                                                                                       \
  real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

int adjtimex(struct timex *state) {
  REAL(int, "adjtimex", struct timex *);
  int code = real(state);
  long long value;
  if (said("tai", &value))
    state->tai = (int)value;
  if (said("maxerror", &value))
    state->maxerror = (long)value;
  if (!said("synchronized", &value))
    return code;
  state->status = value ? state->status & ~STA_UNSYNC : state->status | STA_UNSYNC;
  return value ? TIME_OK : TIME_ERROR;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(int, "clock_gettime", clockid_t, struct timespec *);
  long long value;
  if (clock != CLOCK_TAI || !said("tai", &value))
    return real(clock, time);
  int code = real(CLOCK_REALTIME, time);
  time->tv_sec += value;
  return code;
}

int open(const char *path, int flags, ...) {
  REAL(int, "open", const char *, int, ...);
  va_list more;
  va_start(more, flags);
  int mode = va_arg(more, int);
  va_end(more);
  long long value;
  if (strcmp(path, "/dev/ptp0") == 0 && said("phc", &value))
    return phc = real("/dev/null", flags);
  return real(path, flags, mode);
}

int close(int file) {
  REAL(int, "close", int);
  if (file == phc)
    phc = -1;
  return real(file);
}

static struct ptp_clock_time now(long long offset, long long rate) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  __int128 monotonic = (__int128)time.tv_sec * 1000000000 + time.tv_nsec;
  __int128 sum = monotonic + offset + monotonic * rate / 1000000000;
  return (struct ptp_clock_time){
    .sec = (int64_t)(sum / 1000000000), .nsec = (uint32_t)(sum % 1000000000)};
}

// Behaves as a driver of Linux 6.12 that compares with CLOCK_MONOTONIC.
int ioctl(int file, unsigned long request, ...) {
  REAL(int, "ioctl", int, unsigned long, ...);
  va_list more;
  va_start(more, request);
  void *argument = va_arg(more, void *);
  va_end(more);
  if (phc < 0 || file != phc)
    return real(file, request, argument);
  long long offset, rate = 0;
  if (!said("phc", &offset)) {
    errno = ENODEV; // as after the removal of the driver
    return -1;
  }
  said("phc-rate", &rate);
  struct ptp_sys_offset_extended *answer = argument;
  if (request != PTP_SYS_OFFSET_EXTENDED2 || answer->rsv[0] != CLOCK_MONOTONIC) {
    errno = request == PTP_SYS_OFFSET_EXTENDED2 ? EINVAL : EOPNOTSUPP;
    return -1;
  }
  for (unsigned i = 0; i < answer->n_samples; i++) {
    answer->ts[i][0] = now(0, 0);
    answer->ts[i][1] = now(offset, rate);
    answer->ts[i][2] = now(0, 0);
  }
  return 0;
}

ssize_t recvmsg(int file, struct msghdr *message, int flags) {
  REAL(ssize_t, "recvmsg", int, struct msghdr *, int);
  long long value;
  if (!(flags & MSG_ERRQUEUE) || !said("stamps", &value) || value)
    return real(file, message, flags);
  while (real(file, message, flags) >= 0) {
  }
  errno = EAGAIN;
  return -1;
}
