// SPDX-License-Identifier: MIT
//
// Loaded into one program by LD_PRELOAD: shifts the time of day that the program sees, without a change of the machine's clock. This
// applies to CLOCK_REALTIME and to the kernel's packet timestamps, which are of that clock. TIMESHIFT names a file of three numbers: the
// shift before a moment, the moment in true CLOCK_REALTIME nanoseconds, and the shift from then on. A test may change them at any time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/errqueue.h>

static struct shift {
  _Atomic int64_t before, moment, after;
} *shift;
static int (*true_gettime)(clockid_t, struct timespec *);
static ssize_t (*true_recvmsg)(int, struct msghdr *, int);

__attribute__((constructor)) static void begin(void) {
  true_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  true_recvmsg = (ssize_t(*)(int, struct msghdr *, int))dlsym(RTLD_NEXT, "recvmsg");
  const char *name = getenv("TIMESHIFT");
  int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  void *memory = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED)
    shift = memory;
}

static void set(struct timespec *time) {
  int64_t ns = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
  if (!shift || ns == 0)
    return;
  ns += ns < atomic_load(&shift->moment) ? atomic_load(&shift->before) : atomic_load(&shift->after);
  time->tv_sec = ns / 1000000000;
  time->tv_nsec = ns % 1000000000;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = true_gettime(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME)
    set(time);
  return result;
}

ssize_t recvmsg(int socket, struct msghdr *message, int flags) {
  ssize_t length = true_recvmsg(socket, message, flags);
  if (length < 0)
    return length;
  for (struct cmsghdr *m = CMSG_FIRSTHDR(message); m; m = CMSG_NXTHDR(message, m)) {
    if (m->cmsg_level != SOL_SOCKET || m->cmsg_type != SO_TIMESTAMPING)
      continue;
    struct scm_timestamping stamps;
    memcpy(&stamps, CMSG_DATA(m), sizeof stamps);
    set(&stamps.ts[0]);
    memcpy(CMSG_DATA(m), &stamps, sizeof stamps);
  }
  return length;
}
