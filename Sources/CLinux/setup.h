// SPDX-License-Identifier: MIT
//
// What the files of this module that open sockets have in common.

#ifndef CLINUX_SETUP_H
#define CLINUX_SETUP_H

#include "clinux_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

// A UDP socket that is being made. The first step that fails closes it, and the steps after that do nothing.
typedef struct clinux_setup {
  int fd; // -1 after a failure
  clinux_failure *failure;
} clinux_setup;

// A socket that does not block and is closed on exec.
clinux_setup clinux_begin(clinux_failure *failure);

// One step that was taken: `answer` is what the call returned.
void clinux_step(clinux_setup *setup, clinux_call call, int answer);

void clinux_set(clinux_setup *setup, clinux_call call, int level, int option, int value);
void clinux_bind(clinux_setup *setup, uint32_t address, uint16_t port);
void clinux_connect(clinux_setup *setup, uint32_t address, uint16_t port);

// A buffer of `bytes`. The forced form needs CAP_NET_ADMIN and ignores net.core's maximum; the plain one is
// cut to that.
void clinux_set_buffer(clinux_setup *setup, clinux_call call, int forced, int plain, int bytes);

// Joins a group on an interface, from `source` alone where that is not 0.
void clinux_enter(clinux_setup *setup, uint32_t interface_index, uint32_t group, uint32_t source);

// Which interface multicast leaves through, with `address` as its source where that is not 0.
void clinux_set_multicast_interface(clinux_setup *setup, uint32_t interface_index, uint32_t address);

// How packets leave: through the interface, with `address` as their source.
typedef struct clinux_departure {
  uint32_t interface_index;
  uint32_t address;
  int ttl;
  int dscp;
  bool loopback;
} clinux_departure;
void clinux_set_departure(clinux_setup *setup, const clinux_departure *departure);

static inline struct sockaddr_in clinux_endpoint(uint32_t address, uint16_t port) {
  return (struct sockaddr_in){
    .sin_family = AF_INET, .sin_addr = {.s_addr = htonl(address)}, .sin_port = htons(port)};
}

static inline bool clinux_is_multicast(uint32_t address) { return address >> 28 == 0xE; }

// Closes a descriptor, and leaves `errno` as it is.
void clinux_close(int fd);

// One ioctl about an interface; 0, or -1 and errno.
int clinux_ask_interface(const char *interface_name, unsigned long request, void *argument);

#endif
