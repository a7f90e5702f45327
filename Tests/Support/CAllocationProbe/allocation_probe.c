// SPDX-License-Identifier: MIT
#include "allocation_probe.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static __thread uint64_t calls;
static __thread int is_forbidden;

uint64_t allocation_probe_count(void) { return calls; }

void allocation_probe_forbid(void) { is_forbidden = 1; }

#ifdef SANITIZED

int allocation_probe_active(void) { return 0; }

#else

int allocation_probe_active(void) { return 1; }

static void count(void) {
  calls++;
  if (is_forbidden)
    abort();
}

// glibc's own entry points, under names that do not resolve to the functions below.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count();
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  count();
  void *memory = __libc_memalign(alignment, size);
  if (memory == NULL)
    return ENOMEM;
  *out = memory;
  return 0;
}

void free(void *memory) {
  count();
  __libc_free(memory);
}

#endif
