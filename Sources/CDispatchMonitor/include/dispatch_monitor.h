// SPDX-License-Identifier: MIT
//
// Prevents libdispatch from ending the process when a file cannot be opened. It is linked, and never called by this
// project.
#ifndef AES67_DISPATCH_MONITOR_H
#define AES67_DISPATCH_MONITOR_H

// libdispatch runs Swift's tasks. Once a second, while tasks wait for a thread, it reads the state of each of its threads
// from /proc/<thread>/stat, and stops the process with an illegal instruction if one cannot be opened. The process would
// therefore end if it had no free descriptor (EMFILE), or if the machine had none (ENFILE).
//
// A program's own `open` replaces the C library's for all of its libraries. If such a file cannot be opened, this one
// returns the number below, which is not a descriptor: reading and closing it fail with EBADF, and libdispatch then
// assumes that the thread waits.
#define AES67_UNREADABLE_STATE 0x7FFFFFFF

#endif
