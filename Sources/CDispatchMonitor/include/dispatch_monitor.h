// SPDX-License-Identifier: MIT
//
// What keeps libdispatch from ending the process when a file cannot be opened: linked, and never called by us.
#ifndef AES67_DISPATCH_MONITOR_H
#define AES67_DISPATCH_MONITOR_H

// libdispatch runs Swift's tasks. Once a second, while tasks wait for a thread, it reads the state of each of its threads
// from /proc/<thread>/stat, and stops the process with an illegal instruction if one cannot be opened. A process that is out of
// descriptors (EMFILE), or on a machine that is (ENFILE), would end for that.
//
// A program's own `open` takes the place of the C library's for all of its libraries. This one answers with this number,
// which is no descriptor, where such a file cannot be opened: reading from it and closing it fail with EBADF, and libdispatch then takes the
// thread for one that waits.
#define AES67_UNREADABLE_STATE 0x7FFFFFFF

#endif
