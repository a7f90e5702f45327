// SPDX-License-Identifier: MIT
// Counts the heap calls of the calling thread: linking this target replaces malloc and its kin.

#ifndef ALLOCATION_PROBE_H
#define ALLOCATION_PROBE_H

#include <stdint.h>

// Calls of malloc, calloc, realloc, aligned allocation and free by this thread since it started.
// Always 0 in sanitizer builds, where the sanitizer owns the heap: see allocation_probe_active().
uint64_t allocation_probe_count(void);

// From now on any of those calls by this thread aborts the process: for code that may run while the heap
// is locked, such as a signal handler.
void allocation_probe_forbid(void);

// 1 when the probe really intercepts the heap; a test that relies on it must check.
int allocation_probe_active(void);

#endif
