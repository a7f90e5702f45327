// SPDX-License-Identifier: MIT
//
// The connection to the daemon: its socket, and the memory that it passes. Only vsc_link_wait blocks,
// and everything that comes over the socket is checked before it is used.

#ifndef AES67_VSC_LINK_H
#define AES67_VSC_LINK_H

#include "aes67_shm.h"
#include "vsc_memory.h"

#include <sys/un.h>

// The maximum time for an answer. On a busy machine the daemon runs late, and audio that a program
// plays before the answer is lost.
enum { VSC_ANSWER_MILLISECONDS = 500 };

typedef struct vsc_link {
  struct sockaddr_un address;
  int socket; // -1 unless a request is under way or its memory is held
} vsc_link;

// False when the path is too long for a socket's address.
bool vsc_link_init(vsc_link *link, const char *runtime_directory);

// Connects and sends the request. 0, or a negative errno; -ENOENT, -ECONNREFUSED and -EAGAIN mean
// that no daemon answers there now.
int vsc_link_request(vsc_link *link, const aes67_request *request);

// Waits for the reply to come, for at most this long.
void vsc_link_wait(const vsc_link *link, int milliseconds);

// Takes the reply: 0 with the memory mapped, -EAGAIN when there is none yet, any other negative
// errno with the reason when the daemon refused or is incompatible (-EPROTONOSUPPORT: it is of
// another ABI). After any error but -EAGAIN the link is closed. `at_once` brings all pages in, which
// takes milliseconds; without it they come one by one, as a running stream touches them.
int vsc_link_receive(vsc_link *link, const aes67_request *request, bool at_once,
  vsc_memory *memory, char reason[AES67_REASON_BYTES]);

// True when the daemon closed the link, or died.
bool vsc_link_hung_up(const vsc_link *link);

void vsc_link_close(vsc_link *link);

#endif
