// SPDX-License-Identifier: MIT
// Counts the heap calls of the calling thread: linking this target replaces malloc and related functions.

#ifndef ALLOCATION_PROBE_H
#define ALLOCATION_PROBE_H

#include <stdint.h>

// Calls of malloc, calloc, realloc, aligned allocation and free by this thread since its start. Always 0 in sanitizer builds, whose
// sanitizer owns the heap: see allocation_probe_active().
uint64_t allocation_probe_count(void);

// From now on, any of these calls by this thread aborts the process: for code that may run while the heap is locked, such as a signal
// handler.
void allocation_probe_forbid(void);

// 1 if the probe intercepts the heap; a test that relies on it must check.
int allocation_probe_active(void);

#endif
