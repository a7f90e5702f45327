// SPDX-License-Identifier: MIT
#include "clinux_memory.h"

#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ // since Linux 5.14
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

typedef struct span {
  uintptr_t start, end;
} span;

// The code of the media threads, placed by scripts/media-code.ld; absent from programs that are linked without it.
extern const char aes67_media_code_start[] __attribute__((weak, visibility("hidden")));
extern const char aes67_media_code_end[] __attribute__((weak, visibility("hidden")));

// The part of a code segment that media threads run: all of it if their code was not placed separately.
static span media_code(span segment) {
  span media = {(uintptr_t)aes67_media_code_start, (uintptr_t)aes67_media_code_end};
  return media.start && media.start >= segment.start && media.end <= segment.end ? media : segment;
}

// The end of the segment that contains `address`; 0 if there is none.
static uintptr_t segment_end(const struct dl_phdr_info *object, uintptr_t address) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    uintptr_t start = object->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_LOAD && address >= start && address < start + header->p_memsz)
      return start + header->p_memsz;
  }
  return 0;
}

// The unwind tables and their index, .eh_frame and .eh_frame_hdr, a third of a program. They are read only
// at a crash. Linkers put both at the end of a segment, the index first or last (LSB Core 10.6.2).
static span unwind_tables(const struct dl_phdr_info *object) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type != PT_GNU_EH_FRAME || header->p_memsz < 8)
      continue;
    uintptr_t start = object->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
    const unsigned char *index = (const unsigned char *)start;
    const unsigned char version = 1, relative_to_itself_in_four_bytes = 0x1b;
    if (index[0] != version || index[1] != relative_to_itself_in_four_bytes)
      break;
    int32_t distance;
    memcpy(&distance, index + 4, sizeof distance);
    uintptr_t tables = start + 4 + (uintptr_t)(intptr_t)distance;
    return tables < start ? (span){tables, end} : (span){start, segment_end(object, tables)};
  }
  return (span){0, 0};
}

// Whole pages from `start` to `end`. Before Linux 5.14 writable pages are only read here, and their first write still
// copies a page in memory.
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

// The same without the pages that lie completely in `hole`.
static size_t populate_around(uintptr_t start, uintptr_t end, span hole, bool for_writing) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  hole.start = (hole.start + page - 1) / page * page;
  hole.end = hole.end / page * page;
  if (hole.start >= hole.end || hole.start >= end || hole.end <= start)
    return populate(start, end, for_writing);
  return populate(start, hole.start, for_writing) + populate(hole.end, end, for_writing);
}

static size_t populate_segments(const struct dl_phdr_info *object, bool code_only) {
  const span unwinding = unwind_tables(object);
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
    if (code_only && !(header->p_flags & (PF_X | PF_W)))
      continue;
    uintptr_t start = object->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
    if ((header->p_flags & (PF_X | PF_W)) == PF_X) {
      span code = media_code((span){start, end});
      bytes += populate_around(code.start, code.end, unwinding, false);
      continue;
    }
    uintptr_t writable = end;
    if (header->p_flags & PF_W) {
      writable = protected_end > start ? protected_end : start;
      if (writable > end)
        writable = end;
    }
    bytes += populate_around(start, writable, unwinding, false);
    bytes += populate_around(writable, end, unwinding, header->p_flags & PF_W);
  }
  return bytes;
}

static const char *file_name(const struct dl_phdr_info *object) {
  const char *slash = strrchr(object->dlpi_name, '/');
  return slash ? slash + 1 : object->dlpi_name;
}

static bool is_named(const struct dl_phdr_info *object, const char *beginning) {
  const char *name = file_name(object);
  return *beginning ? strncmp(name, beginning, strlen(beginning)) == 0 : *name == 0;
}

typedef struct search {
  const char *name;
  bool code_only;
  size_t bytes;
} search;

static int populate_if_named(struct dl_phdr_info *object, size_t size, void *argument) {
  (void)size;
  search *wanted = argument;
  if (!is_named(object, wanted->name))
    return 0;
  wanted->bytes = populate_segments(object, wanted->code_only);
  return 1;
}

size_t clinux_populate_object(const char *name, bool code_only) {
  search wanted = {.name = name, .code_only = code_only};
  dl_iterate_phdr(populate_if_named, &wanted);
  return wanted.bytes;
}

// Unlocks and frees the whole pages from `start` to `end`, which are read from the file again when they are used.
static size_t release(uintptr_t start, uintptr_t end) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  start = (start + page - 1) / page * page;
  end = end / page * page;
  if (start >= end || munlock((void *)start, end - start) != 0 || madvise((void *)start, end - start, MADV_DONTNEED) != 0)
    return 0;
  return end - start;
}

typedef struct releasing {
  const char *kept;
  size_t bytes;
} releasing;

// `names` are beginnings of file names, each followed by a space.
static bool is_among(const struct dl_phdr_info *object, const char *names) {
  const char *name = file_name(object);
  for (const char *end; (end = strchr(names, ' ')); names = end + 1)
    if (strncmp(name, names, (size_t)(end - names)) == 0)
      return true;
  return false;
}

static int release_unless_kept(struct dl_phdr_info *object, size_t size, void *argument) {
  (void)size;
  releasing *work = argument;
  const bool is_program = is_named(object, "");
  if (is_among(object, work->kept))
    return 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || (header->p_flags & PF_W))
      continue;
    uintptr_t start = object->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
    if (is_program) {
      if (!(header->p_flags & PF_X))
        continue;
      span code = media_code((span){start, end});
      work->bytes += release(start, code.start) + release(code.end, end);
    } else {
      work->bytes += release(start, end);
    }
  }
  return 0;
}

size_t clinux_release_code(const char *kept) {
  releasing work = {.kept = kept};
  dl_iterate_phdr(release_unless_kept, &work);
  return work.bytes;
}

int clinux_populate_for_writing(void *start, size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t whole = (bytes + page - 1) / page * page;
  if (madvise(start, whole, MADV_POPULATE_WRITE) == 0)
    return 0;
  if (errno != EINVAL)
    return -1;
  // Before Linux 5.14. No other thread uses the memory yet, so that no value changes between read and write.
  for (size_t at = 0; at < whole; at += page) {
    volatile unsigned char *byte = (volatile unsigned char *)start + at;
    *byte = *byte;
  }
  return 0;
}

void clinux_limit_heaps(int count) { mallopt(M_ARENA_MAX, count); }
