// SPDX-License-Identifier: MIT
//
// Loaded into the daemon by LD_PRELOAD: makes one more system call whenever a media thread waits, like a change that increases the cost.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int epoll_wait(int poller, struct epoll_event *events, int most, int milliseconds) {
  static int (*wait)(int, struct epoll_event *, int, int);
  if (!wait)
    wait = (int (*)(int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
  syscall(SYS_getppid);
  return wait(poller, events, most, milliseconds);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest) {
  static int (*sleep)(clockid_t, int, const struct timespec *, struct timespec *);
  if (!sleep)
    sleep = (int (*)(clockid_t, int, const struct timespec *, struct timespec *))dlsym(RTLD_NEXT, "clock_nanosleep");
  syscall(SYS_getppid);
  return sleep(clock, flags, time, rest);
}
