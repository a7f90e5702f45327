// SPDX-License-Identifier: MIT
//
// Calls of the command that Swift cannot make: variadic ones, and structures that it cannot see.

#ifndef CLINUX_HOST_H
#define CLINUX_HOST_H

#include <stdbool.h>

// The size of the terminal that is open at `fd`, in characters.
int clinux_terminal_size(int fd, int *columns, int *rows);

// Takes the screen of the terminal that is open at `fd`; if standard input is a terminal, each key is read
// from it at once, and is not shown.
void clinux_enter_screen(int fd);

// Gives back the screen of the terminal that is open at `fd`, and standard input as it was; `errno` stays. It
// may be called in a signal handler (signal-safety(7)).
void clinux_leave_screen(int fd);

// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT give back the screen of standard output and end the process
// with status 128 + the signal's number; those of a crash give it back, too, and so does SIGTSTP until the process
// goes on. The handlers call nothing that allocates or locks, so they may interrupt anything.
void clinux_leave_screen_on_signals(void);

// From now on SIGINT, SIGTERM and SIGHUP are only noted; clinux_is_interrupted returns whether there was one.
void clinux_watch_interruption(void);
bool clinux_is_interrupted(void);

// 1 if the interface lets its link sleep between packets (IEEE 802.3az), 0 if not, -1 if its
// driver does not report it.
int clinux_energy_efficient_ethernet(const char *interface);

// The speed of the interface's link in Mbit/s, and in `full_duplex` 1, 0 or -1 (unknown); -1 if there is no
// link, or its driver does not report it.
int clinux_link_speed(const char *interface, int *full_duplex);

#endif
