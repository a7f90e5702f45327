// SPDX-License-Identifier: MIT
//
// Kernel calls that Swift cannot make itself: variadic ones, ancillary data, macros. Nothing here
// has a policy: each function is one call, returns like it (-1 and errno), and LinuxIO decides.

#ifndef CLINUX_H
#define CLINUX_H


#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "../../realtime.h"

// CLOCK_MONOTONIC in nanoseconds.
AES67_REALTIME int64_t clinux_monotonic_nanoseconds(void);

// CLOCK_REALTIME (UTC) in nanoseconds.
int64_t clinux_realtime_nanoseconds(void);

// Sleeps until CLOCK_MONOTONIC reaches `nanoseconds`, through any number of signals.
AES67_REALTIME void clinux_sleep_until(int64_t nanoseconds);

// How late the kernel may make this thread's timers, in nanoseconds.
int clinux_set_timer_slack(unsigned long nanoseconds);

// Writes once to every page of the next `bytes` of the calling thread's stack.
void clinux_prefault_stack(size_t bytes);

// A counter that wakes threads that wait for it; closed on exec.
int clinux_create_event(void);

// Names the calling thread; 15 bytes at most.
int clinux_name_thread(const char *name);

// 1 if RLIMIT_MEMLOCK lets the process lock all its memory, 0 otherwise.
int clinux_memory_lock_is_unlimited(void);

// An anonymous file that can be sealed; closed on exec.
int clinux_create_memory(const char *name);

// Seals the size of the file.
int clinux_seal_size(int descriptor);

// Frees all pages of such a file; a process that still has it reads zeroes, in pages that are charged to it.
int clinux_empty_memory(int descriptor, size_t bytes);

// A descriptor that becomes readable when the process ends.
int clinux_open_process(pid_t process);

// The same for the process at the other end of a socket, without the race that its id was reused;
// -1 with ENOPROTOOPT if the kernel is older than 6.5.
int clinux_open_peer_process(int socket);

// A waiting connection, not blocking and closed on exec.
int clinux_accept(int socket);

// The process that connected, as the kernel recorded it then.
int clinux_peer(int socket, pid_t *process, uid_t *user);

// One packet with up to eight descriptors; never blocks, never raises SIGPIPE.
ssize_t clinux_send_descriptors(
  int socket, const void *bytes, size_t count, const int *descriptors, int descriptor_count);

// One packet without waiting: its true length, though no more than `count` bytes are stored.
// Descriptors that are passed with it are closed by the kernel, because there is no buffer for them.
ssize_t clinux_receive_packet(int socket, void *bytes, size_t count);

#endif
