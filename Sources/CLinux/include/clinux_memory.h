// SPDX-License-Identifier: MIT
//
// Programs and libraries as they are mapped into this process.

#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

// Makes the pages of one object resident: of the program itself if `name` is empty, otherwise of the library whose
// file name begins with `name`. Unwind tables are left out, and all of the program's code except that of the media
// threads. Writable pages get their private copies. `code_only` leaves out segments that have only constants. Returns
// the bytes, 0 if this process has no such object.
size_t clinux_populate_object(const char *name, bool code_only);

// Unlocks code and constants of the program and its libraries, and removes them from memory; except the code of the media
// threads and libraries whose file names begin with one of `kept`, each followed by a space. Pages that are used again are
// read from the files. Returns the bytes.
size_t clinux_release_code(const char *kept);

// Limits the number of heaps for threads that allocate.
void clinux_limit_heaps(int count);

// Makes every page of a writable mapping resident, mlockall(MCL_ONFAULT) or not; -1 and errno.
int clinux_populate_for_writing(void *start, size_t bytes);

#endif
