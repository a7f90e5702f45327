// SPDX-License-Identifier: MIT
#include "dispatch_monitor.h"

#include <fcntl.h>
#include <stdarg.h>
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

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  int descriptor = openat(AT_FDCWD, path, flags, mode);
  return descriptor < 0 && is_thread_state(path) ? AES67_UNREADABLE_STATE : descriptor;
}
