// SPDX-License-Identifier: MIT
//
// What the command asks of this host: variadic calls and structures that Swift does not see.

#ifndef CLINUX_HOST_H
#define CLINUX_HOST_H

// The size of the terminal that is open at `fd`, in characters.
int clinux_terminal_size(int fd, int *columns, int *rows);

// 1 when the interface lets its link sleep between packets (IEEE 802.3az), 0 when not, -1 when its
// driver does not say.
int clinux_energy_efficient_ethernet(const char *interface);

#endif
