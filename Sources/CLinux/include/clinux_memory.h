// SPDX-License-Identifier: MIT
//
// Programs and libraries as they are mapped into this process.

#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

#include <stddef.h>

// Makes every page of one object resident: of the program itself if `name` is empty, otherwise of the library whose
// file name begins with `name`. Pages that may be written get their private copies. Returns the bytes, 0 if this
// process has no such object.
size_t clinux_populate_object(const char *name);

#endif
