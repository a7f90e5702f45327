// SPDX-License-Identifier: MIT
//
// Functions shared by the files of this module that open sockets.

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

// Records one step: `answer` is the result of the call.
void clinux_step(clinux_setup *setup, clinux_call call, int answer);

void clinux_set(clinux_setup *setup, clinux_call call, int level, int option, int value);
void clinux_bind(clinux_setup *setup, uint32_t address, uint16_t port);
void clinux_connect(clinux_setup *setup, uint32_t address, uint16_t port);

// Sets a buffer of `bytes`. The forced form needs CAP_NET_ADMIN and ignores net.core's maximum; the plain
// form is limited by it.
void clinux_set_buffer(clinux_setup *setup, clinux_call call, int forced, int plain, int bytes);

// Joins a group on an interface, only for packets from `source` if that is not 0.
void clinux_enter(clinux_setup *setup, uint32_t interface_index, uint32_t group, uint32_t source);

// Sets the interface of outgoing multicast, with `address` as its source if that is not 0.
void clinux_set_multicast_interface(clinux_setup *setup, uint32_t interface_index, uint32_t address);

// The options of outgoing packets: interface, source address, TTL, DSCP and loopback.
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

// Closes a descriptor without changing `errno`.
void clinux_close(int fd);

// One ioctl about an interface; 0, or -1 and errno.
int clinux_ask_interface(const char *interface_name, unsigned long request, void *argument);

#endif
