// SPDX-License-Identifier: MIT
#include "clinux_memory.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ // since Linux 5.14
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

typedef struct search {
  const char *name;
  size_t bytes;
} search;

// Whole pages from `start` to `end`. Before Linux 5.14 pages that may be written are only read here, so that their
// first write still copies a page, in memory.
static size_t populate(uintptr_t start, uintptr_t end, bool for_writing) {
  if (start >= end)
    return 0;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  start = start / page * page;
  end = (end + page - 1) / page * page;
  if (madvise((void *)start, end - start, for_writing ? MADV_POPULATE_WRITE : MADV_POPULATE_READ) == 0)
    return end - start;
  for (uintptr_t address = start; address < end; address += page)
    (void)*(volatile const unsigned char *)address;
  return end - start;
}

static size_t populate_segments(const struct dl_phdr_info *object) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  // The dynamic linker has made the whole pages of this part read-only.
  uintptr_t protected_end = 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type == PT_GNU_RELRO)
      protected_end = (object->dlpi_addr + header->p_vaddr + header->p_memsz) / page * page;
  }
  size_t bytes = 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_R))
      continue;
    uintptr_t start = object->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
    uintptr_t writable = end;
    if (header->p_flags & PF_W) {
      writable = protected_end > start ? protected_end : start;
      if (writable > end)
        writable = end;
    }
    bytes += populate(start, writable, false) + populate(writable, end, header->p_flags & PF_W);
  }
  return bytes;
}

static int visit(struct dl_phdr_info *object, size_t size, void *argument) {
  (void)size;
  search *wanted = argument;
  const char *slash = strrchr(object->dlpi_name, '/');
  const char *name = slash ? slash + 1 : object->dlpi_name;
  bool matches = *wanted->name ? strncmp(name, wanted->name, strlen(wanted->name)) == 0 : *name == 0;
  if (!matches)
    return 0;
  wanted->bytes = populate_segments(object);
  return 1;
}

size_t clinux_populate_object(const char *name) {
  search wanted = {.name = name};
  dl_iterate_phdr(visit, &wanted);
  return wanted.bytes;
}
