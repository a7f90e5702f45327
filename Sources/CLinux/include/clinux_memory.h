// SPDX-License-Identifier: MIT
//
// Programs and libraries as they are mapped into this process.

#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

// Makes the pages of one object resident, but for its unwind tables and, of the program's code, all but that of the
// media threads: of the program itself if `name` is empty, otherwise
// of the library whose file name begins with `name`. Pages that may be written get their private copies. `code_only`
// leaves out segments that hold constants alone. Returns the bytes, 0 if this process has no such object.
size_t clinux_populate_object(const char *name, bool code_only);

// Unlocks and forgets code and constants of the program and its libraries, but for the code of the media threads and for
// libraries whose file names begin with one of `kept`, a blank behind each. What is wanted again comes from the files.
// Returns the bytes.
size_t clinux_release_code(const char *kept);

// Lets no more than that many heaps be made for threads that allocate.
void clinux_limit_heaps(int count);

// Makes every page of a mapping that may be written present, mlockall(MCL_ONFAULT) or not; -1 and errno.
int clinux_populate_for_writing(void *start, size_t bytes);

#endif
