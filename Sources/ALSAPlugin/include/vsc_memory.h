// SPDX-License-Identifier: MIT
//
// The memory of a program's stream.

#ifndef AES67_VSC_MEMORY_H
#define AES67_VSC_MEMORY_H

#include "aes67_shm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Memory from a daemon, or private memory of the same layout (without a device).
typedef struct vsc_memory {
  const aes67_device *device;
  size_t device_bytes; // that are mapped
  aes67_client *client;
  size_t client_bytes;
  uint32_t slot;
} vsc_memory;

// Maps `bytes` of a file, or with file -1 of private memory. It is never locked, and
// so does not count against RLIMIT_MEMLOCK: the daemon keeps its memory resident for all. `at_once`
// brings all pages in, which takes milliseconds; without it they come one by one, as they are
// touched. 0, or a negative errno; -EAGAIN means that RLIMIT_MEMLOCK does not allow even one page.
int vsc_memory_map(void **address, int file, size_t bytes, int protection, bool at_once);

// The meaning of an error of vsc_memory_map, for the program's user.
void vsc_memory_explain(int error, size_t bytes, char reason[AES67_REASON_BYTES]);

// Private memory of the same layout, for the time without a daemon. 0, or a negative
// errno with its reason.
int vsc_memory_private(
  vsc_memory *memory, const aes67_request *request, char reason[AES67_REASON_BYTES]);

// Unmaps it. Harmless if there is none.
void vsc_memory_unmap(vsc_memory *memory);

#endif
