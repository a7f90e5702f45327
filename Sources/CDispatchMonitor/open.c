// SPDX-License-Identifier: MIT
#include "dispatch_monitor.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

// Returns true for /proc/<thread>/stat.
static bool is_thread_state(const char *path) {
  static const char before[] = "/proc/";
  if (strncmp(path, before, sizeof before - 1) != 0)
    return false;
  const char *number = path + sizeof before - 1;
  size_t digits = strspn(number, "0123456789");
  return digits > 0 && strcmp(number + digits, "/stat") == 0;
}

typedef int open_function(const char *path, int flags, ...);

// The function that this one replaces: the C library's, or that of a library that was loaded before it (LD_PRELOAD).
static open_function *next_open(void) {
  static _Atomic(open_function *) found;
  open_function *next = atomic_load_explicit(&found, memory_order_relaxed);
  if (!next) {
    next = (open_function *)dlsym(RTLD_NEXT, "open");
    atomic_store_explicit(&found, next, memory_order_relaxed);
  }
  return next;
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  int descriptor = next_open()(path, flags, mode);
  return descriptor < 0 && is_thread_state(path) ? AES67_UNREADABLE_STATE : descriptor;
}
