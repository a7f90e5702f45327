// SPDX-License-Identifier: MIT
//
// Measures when packets left: receives the first stream and stores the kernel's arrival timestamp of each packet, which on a virtual link
// is some microseconds after the departure. After SIGTERM, FILE has an array of `struct note`.
//
//   listen INTERFACE-ADDRESS GROUP FILE

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

enum { PORT = 5004, MOST = 8 * 1000 * 1000 };

struct note {
  int64_t arrived_ns; // CLOCK_REALTIME
  uint32_t timestamp, ssrc;
};

static volatile sig_atomic_t ended;

static void end(int number) {
  (void)number;
  ended = 1;
}

static void check(int result, const char *call) {
  if (result < 0) {
    perror(call);
    exit(1);
  }
}

static int open_socket(const char *interface, const char *group) {
  int s = socket(AF_INET, SOCK_DGRAM, 0), one = 1, bytes = 4 << 20;
  struct timeval timeout = {.tv_usec = 100000};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = inet_addr(group)};
  struct ip_mreq membership = {address.sin_addr, {inet_addr(interface)}};
  check(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
  check(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes), "SO_RCVBUF");
  check(setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one), "SO_TIMESTAMPNS");
  check(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), "SO_RCVTIMEO");
  check(bind(s, (struct sockaddr *)&address, sizeof address), "bind");
  check(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership), "IP_ADD_MEMBERSHIP");
  return s;
}

static int receive(int s, struct note *note) {
  uint8_t packet[64];
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct timespec))];
  } control;
  struct iovec part = {packet, sizeof packet};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  if (recvmsg(s, &message, 0) < 12)
    return 0;
  struct cmsghdr *stamp = CMSG_FIRSTHDR(&message);
  if (!stamp || stamp->cmsg_type != SCM_TIMESTAMPNS)
    return 0;
  struct timespec at;
  memcpy(&at, CMSG_DATA(stamp), sizeof at);
  uint32_t words[2];
  memcpy(words, packet + 4, sizeof words);
  *note = (struct note){(int64_t)at.tv_sec * 1000000000 + at.tv_nsec, ntohl(words[0]), ntohl(words[1])};
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fputs("usage: listen INTERFACE-ADDRESS GROUP FILE\n", stderr);
    return 2;
  }
  int s = open_socket(argv[1], argv[2]);
  struct note *notes = calloc(MOST, sizeof *notes);
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  size_t count = 0;
  while (!ended && count < MOST)
    count += (size_t)receive(s, &notes[count]);
  FILE *file = fopen(argv[3], "wb");
  if (!file || fwrite(notes, sizeof *notes, count, file) != count || fclose(file) != 0) {
    perror(argv[3]);
    return 1;
  }
  return 0;
}
