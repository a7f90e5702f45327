// SPDX-License-Identifier: MIT
//
// The memory in which a stream of a program lives.

#ifndef AES67_VSC_MEMORY_H
#define AES67_VSC_MEMORY_H

#include "aes67_shm.h"

#include <stddef.h>
#include <stdint.h>

// Memory handed out by a daemon, or private memory of the same layout (no device then).
typedef struct vsc_memory {
  const aes67_device *device;
  size_t device_bytes; // that are mapped
  aes67_client *client;
  size_t client_bytes;
  uint32_t slot;
} vsc_memory;

// Memory of the same layout that nobody else sees, for the time without a daemon. 0, or -ENOMEM.
int vsc_memory_private(vsc_memory *memory, const aes67_request *request);

// Gives it back, and forgets it. Harmless when there is none.
void vsc_memory_unmap(vsc_memory *memory);

#endif
