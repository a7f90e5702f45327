// SPDX-License-Identifier: MIT
#include "vsc_memory.h"

#include <errno.h>
#include <sys/mman.h>

int vsc_memory_private(vsc_memory *memory, const aes67_request *request) {
  size_t bytes = aes67_client_bytes(request->direction, request->channels);
  void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED)
    return -ENOMEM;
  *memory = (vsc_memory){.client = mapped, .client_bytes = bytes};
  return 0;
}

void vsc_memory_unmap(vsc_memory *memory) {
  if (memory->device)
    munmap((void *)memory->device, memory->device_bytes);
  if (memory->client)
    munmap(memory->client, memory->client_bytes);
  *memory = (vsc_memory){0};
}
