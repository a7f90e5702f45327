// SPDX-License-Identifier: MIT
#include "clinux.h"

#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 // since Linux 6.5; Debian 12's headers are older
#endif

enum { NANOSECONDS_PER_SECOND = 1000000000, PAGE_BYTES = 4096, DESCRIPTORS_MAX = 8 };

static int64_t read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * NANOSECONDS_PER_SECOND + time.tv_nsec;
}

int64_t clinux_monotonic_nanoseconds(void) {
  return read_clock(CLOCK_MONOTONIC);
}

int64_t clinux_realtime_nanoseconds(void) {
  return read_clock(CLOCK_REALTIME);
}

void clinux_sleep_until(int64_t nanoseconds) {
  if (nanoseconds <= 0)
    return;
  struct timespec until = {
    .tv_sec = nanoseconds / NANOSECONDS_PER_SECOND,
    .tv_nsec = nanoseconds % NANOSECONDS_PER_SECOND,
  };
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
}

int clinux_set_timer_slack(unsigned long nanoseconds) {
  return prctl(PR_SET_TIMERSLACK, nanoseconds);
}

void clinux_prefault_stack(size_t bytes) {
  volatile char *stack = alloca(bytes);
  for (size_t offset = 0; offset < bytes; offset += PAGE_BYTES)
    stack[offset] = 0;
}

int clinux_create_event(void) {
  return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int clinux_name_thread(const char *name) {
  return pthread_setname_np(pthread_self(), name);
}

int clinux_memory_lock_is_unlimited(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

int clinux_create_memory(const char *name) {
  return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int clinux_seal_size(int descriptor) {
  return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}

int clinux_empty_memory(int descriptor, size_t bytes) {
  return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes);
}

int clinux_open_process(pid_t process) {
  return (int)syscall(SYS_pidfd_open, process, 0);
}

int clinux_open_peer_process(int socket) {
  int descriptor = -1;
  socklen_t size = sizeof descriptor;
  return getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &descriptor, &size) < 0 ? -1 : descriptor;
}

int clinux_accept(int socket) {
  return accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int clinux_peer(int socket, pid_t *process, uid_t *user) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
    return -1;
  *process = credentials.pid;
  *user = credentials.uid;
  return 0;
}

ssize_t clinux_send_descriptors(
  int socket, const void *bytes, size_t count, const int *descriptors, int descriptor_count) {
  if (descriptor_count < 0 || descriptor_count > DESCRIPTORS_MAX) {
    errno = EINVAL;
    return -1;
  }
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
  } control;
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (descriptor_count > 0) {
    size_t payload = (size_t)descriptor_count * sizeof(int);
    memset(&control, 0, sizeof control);
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(payload);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(payload);
    memcpy(CMSG_DATA(rights), descriptors, payload);
  }
  return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

ssize_t clinux_receive_packet(int socket, void *bytes, size_t count) {
  return recv(socket, bytes, count, MSG_DONTWAIT | MSG_TRUNC);
}
