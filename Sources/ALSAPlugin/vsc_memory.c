// SPDX-License-Identifier: MIT
#include "vsc_memory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

// One page is mapped and unlocked, and then grows: the new pages are also unlocked. A program that has
// called mlockall(MCL_FUTURE) is therefore charged for one page, not for the ring.
int vsc_memory_map(void **address, int file, size_t bytes, int protection, bool at_once) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void *first = mmap(NULL, page, protection, flags, file, 0);
  if (first == MAP_FAILED)
    return -errno;
  munlock(first, page);
  void *whole = mremap(first, page, bytes, MREMAP_MAYMOVE);
  if (whole == MAP_FAILED) {
    int error = errno;
    munmap(first, page);
    return -error;
  }
  if (at_once) // Linux before 5.14 does not know this, and brings the pages in one by one
    madvise(whole, bytes, protection & PROT_WRITE ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
  *address = whole;
  return 0;
}

void vsc_memory_explain(int error, size_t bytes, char reason[AES67_REASON_BYTES]) {
  struct rlimit limit;
  if (error == -EAGAIN && getrlimit(RLIMIT_MEMLOCK, &limit) == 0)
    snprintf(reason, AES67_REASON_BYTES,
      "the program locks its memory, and RLIMIT_MEMLOCK (ulimit -l) of %llu KiB is used up: "
      "%ld KiB more are needed",
      (unsigned long long)limit.rlim_cur / 1024, sysconf(_SC_PAGESIZE) / 1024);
  else
    snprintf(reason, AES67_REASON_BYTES, "cannot map %zu KiB of memory for the stream", bytes / 1024);
}

int vsc_memory_private(
  vsc_memory *memory, const aes67_request *request, char reason[AES67_REASON_BYTES]) {
  size_t bytes = aes67_client_bytes(request->direction, request->channels);
  void *mapped;
  int error = vsc_memory_map(&mapped, -1, bytes, PROT_READ | PROT_WRITE, false);
  if (error) {
    vsc_memory_explain(error, bytes, reason);
    return error == -EAGAIN ? -ENOMEM : error;
  }
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
