// SPDX-License-Identifier: MIT
//
// The minimum work of a program that sends or receives these packets: one sendmmsg a packet time from one socket, or epoll and one recvmmsg
// a readable socket, without samples, mixing or rings. The benchmark's reference.
//
//   bare send    STREAMS BYTES NANOSECONDS INTERFACE-ADDRESS GROUP-PREFIX    e.g. 8 1164 1000000 10.67.0.1 239.69.1.
//   bare spread  the same, with the streams' packets evenly spread over the packet time
//   bare receive STREAMS INTERFACE-ADDRESS GROUP-PREFIX
//   bare last    STREAMS INTERFACE-ADDRESS GROUP-PREFIX    waits only for the last stream, and then reads all sockets

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_STREAMS = 64, PACKET = 2048, BATCH = 64, PORT = 5004 };

static struct mmsghdr headers[BATCH];
static struct iovec vectors[BATCH];
static struct sockaddr_in addresses[BATCH];
static uint8_t packets[BATCH][PACKET];

static void check(int result, const char *call) {
  if (result < 0) {
    perror(call);
    exit(1);
  }
}

static struct sockaddr_in group(const char *prefix, int number) {
  char text[64];
  snprintf(text, sizeof text, "%s%d", prefix, number + 1);
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = inet_addr(text)};
}

static void lay_out(size_t bytes) {
  for (int i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){packets[i], bytes};
    headers[i].msg_hdr = (struct msghdr){
      .msg_name = &addresses[i], .msg_namelen = sizeof addresses[i], .msg_iov = &vectors[i], .msg_iovlen = 1};
    packets[i][0] = 0x80;
    packets[i][1] = 98;
  }
}

// `steps` is the number of sends in a packet time: 1 for all streams at once, or one for each stream.
static void send_loop(
  int streams, int steps, size_t bytes, int64_t nanoseconds, const char *interface, const char *prefix) {
  int s = socket(AF_INET, SOCK_DGRAM, 0), pmtu = IP_PMTUDISC_DO, ttl = 32;
  struct in_addr address = {inet_addr(interface)};
  check(setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address), "IP_MULTICAST_IF");
  check(setsockopt(s, IPPROTO_IP, IP_MTU_DISCOVER, &pmtu, sizeof pmtu), "IP_MTU_DISCOVER");
  check(setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl), "IP_MULTICAST_TTL");
  lay_out(bytes);
  for (int i = 0; i < streams; i++)
    addresses[i] = group(prefix, i);
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  const int at_once = streams / steps;
  for (uint32_t step = 0;; step++) {
    const uint32_t n = step / (uint32_t)steps, first = step % (uint32_t)steps;
    next.tv_nsec += nanoseconds / steps;
    while (next.tv_nsec >= 1000000000) {
      next.tv_nsec -= 1000000000;
      next.tv_sec++;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec > next.tv_sec + 1) // the process was stopped: missed packets are not sent
      next = now;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    for (uint32_t i = first; i < first + (uint32_t)at_once; i++) {
      *(uint16_t *)(packets[i] + 2) = htons((uint16_t)n);
      *(uint32_t *)(packets[i] + 4) = htonl(n * (uint32_t)(nanoseconds * 48 / 1000000));
    }
    check(sendmmsg(s, headers + first, (unsigned)at_once, 0), "sendmmsg");
  }
}

static void receive_loop(int streams, int first_awaited, const char *interface, const char *prefix) {
  int sockets[MOST_STREAMS], poller = epoll_create1(0), one = 1, bytes = 1 << 20;
  lay_out(PACKET);
  for (int i = 0; i < streams; i++) {
    struct sockaddr_in address = group(prefix, i);
    struct ip_mreq membership = {address.sin_addr, {inet_addr(interface)}};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    check(setsockopt(sockets[i], SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
    check(setsockopt(sockets[i], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes), "SO_RCVBUF");
    check(bind(sockets[i], (struct sockaddr *)&address, sizeof address), "bind");
    check(setsockopt(sockets[i], IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership), "IP_ADD_MEMBERSHIP");
    if (i >= first_awaited)
      check(epoll_ctl(poller, EPOLL_CTL_ADD, sockets[i], &event), "epoll_ctl");
  }
  for (;;) {
    struct epoll_event events[MOST_STREAMS];
    int ready = epoll_wait(poller, events, MOST_STREAMS, 100);
    for (int i = 0; i < ready; i++)
      recvmmsg(sockets[events[i].data.u32], headers, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; ready > 0 && i < first_awaited; i++)
      recvmmsg(sockets[i], headers, 1, MSG_DONTWAIT, NULL);
  }
}

int main(int argc, char **argv) {
  struct sched_param priority = {.sched_priority = 80};
  mlockall(MCL_CURRENT | MCL_FUTURE);
  if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
    fputs("bare: no SCHED_FIFO here\n", stderr);
  prctl(PR_SET_TIMERSLACK, 1UL);
  if (argc == 7 && !strcmp(argv[1], "send"))
    send_loop(atoi(argv[2]), 1, (size_t)atoi(argv[3]), atoll(argv[4]), argv[5], argv[6]);
  if (argc == 7 && !strcmp(argv[1], "spread"))
    send_loop(atoi(argv[2]), atoi(argv[2]), (size_t)atoi(argv[3]), atoll(argv[4]), argv[5], argv[6]);
  if (argc == 5 && !strcmp(argv[1], "receive"))
    receive_loop(atoi(argv[2]), 0, argv[3], argv[4]);
  if (argc == 5 && !strcmp(argv[1], "last"))
    receive_loop(atoi(argv[2]), atoi(argv[2]) - 1, argv[3], argv[4]);
  fputs("bare: wrong arguments; see the top of bare.c\n", stderr);
  return 2;
}
