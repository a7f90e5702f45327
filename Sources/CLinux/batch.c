// SPDX-License-Identifier: MIT
#include "clinux_batch.h"
#include "setup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

struct clinux_batch {
  struct mmsghdr headers[CLINUX_BATCH_PACKETS];
  struct iovec vectors[CLINUX_BATCH_PACKETS];
  struct sockaddr_in addresses[CLINUX_BATCH_PACKETS];
  uint8_t packets[CLINUX_BATCH_PACKETS][CLINUX_PACKET_BYTES];
};

enum { CACHE_LINE_BYTES = 64 };

clinux_batch *clinux_batch_create(void) {
  // Written, not only cleared: with calloc the first access, here by a media thread, may allocate the pages.
  size_t lines = (sizeof(clinux_batch) + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES;
  clinux_batch *batch = aligned_alloc(CACHE_LINE_BYTES, lines * CACHE_LINE_BYTES);
  if (batch == NULL)
    return NULL;
  memset(batch, 0, sizeof *batch);
  for (int i = 0; i < CLINUX_BATCH_PACKETS; i++) {
    batch->vectors[i].iov_base = batch->packets[i];
    batch->vectors[i].iov_len = CLINUX_PACKET_BYTES;
    batch->headers[i].msg_hdr.msg_iov = &batch->vectors[i];
    batch->headers[i].msg_hdr.msg_iovlen = 1;
    batch->headers[i].msg_hdr.msg_name = &batch->addresses[i];
    batch->headers[i].msg_hdr.msg_namelen = sizeof batch->addresses[i];
    batch->addresses[i].sin_family = AF_INET;
  }
  return batch;
}

void clinux_batch_destroy(clinux_batch *batch) { free(batch); }

uint8_t *clinux_batch_packet(clinux_batch *batch, int index) { return batch->packets[index]; }

void clinux_batch_address(
  clinux_batch *batch, int index, uint32_t address, uint16_t port, int length) {
  batch->addresses[index] = clinux_endpoint(address, port);
  batch->headers[index].msg_hdr.msg_name = &batch->addresses[index];
  batch->headers[index].msg_hdr.msg_namelen = sizeof batch->addresses[index];
  batch->vectors[index].iov_len = (size_t)length;
}

void clinux_batch_connected(clinux_batch *batch, int index, int length) {
  batch->headers[index].msg_hdr.msg_name = NULL;
  batch->headers[index].msg_hdr.msg_namelen = 0;
  batch->vectors[index].iov_len = (size_t)length;
}

int clinux_batch_send(clinux_batch *batch, int socket, int first, int count) {
  int sent = sendmmsg(
    socket, &batch->headers[first], (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? -errno : sent;
}

static int failed_receive(void) { return errno == EAGAIN || errno == EINTR ? 0 : -errno; }

// One packet with recvfrom, which copies fewer structures than recvmmsg.
static int receive_one(clinux_batch *batch, int socket) {
  socklen_t size = sizeof batch->addresses[0];
  ssize_t length = recvfrom(
    socket, batch->packets[0], CLINUX_PACKET_BYTES, MSG_DONTWAIT | MSG_TRUNC,
    (struct sockaddr *)&batch->addresses[0], &size);
  if (length < 0)
    return failed_receive();
  batch->headers[0].msg_len = (unsigned)length;
  return 1;
}

int clinux_batch_receive(clinux_batch *batch, int socket, int limit) {
  if (limit == 1)
    return receive_one(batch, socket);
  int received =
    recvmmsg(socket, batch->headers, (unsigned)limit, MSG_DONTWAIT | MSG_TRUNC, NULL);
  return received >= 0 ? received : failed_receive();
}

int clinux_batch_length(const clinux_batch *batch, int index) {
  unsigned length = batch->headers[index].msg_len;
  return length > CLINUX_PACKET_BYTES ? CLINUX_PACKET_BYTES : (int)length;
}

uint32_t clinux_batch_source(const clinux_batch *batch, int index) {
  return ntohl(batch->addresses[index].sin_addr.s_addr);
}

uint16_t clinux_batch_source_port(const clinux_batch *batch, int index) {
  return ntohs(batch->addresses[index].sin_port);
}

int clinux_poller_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int clinux_poller_add(int poller, int socket, uint32_t number) {
  struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = number}};
  return epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
}

void clinux_poller_change(int poller, int socket, uint32_t number, bool waits) {
  struct epoll_event event = {.events = waits ? EPOLLIN : 0, .data = {.u32 = number}};
  epoll_ctl(poller, EPOLL_CTL_MOD, socket, &event);
}

int clinux_poller_remove(int poller, int socket) {
  return epoll_ctl(poller, EPOLL_CTL_DEL, socket, NULL);
}

int clinux_timer_create(int poller, uint32_t number) {
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  // Edge-triggered: an expired timer need not be read.
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u32 = number}};
  if (timer >= 0 && epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event) < 0) {
    clinux_close(timer);
    return -1;
  }
  return timer;
}

void clinux_timer_set(int timer, int64_t nanoseconds) {
  struct itimerspec when = {
    .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int clinux_poller_wait(int poller, uint32_t *numbers, int milliseconds) {
  struct epoll_event events[CLINUX_BATCH_PACKETS];
  int count = epoll_wait(poller, events, CLINUX_BATCH_PACKETS, milliseconds);
  for (int i = 0; i < count; i++)
    numbers[i] = events[i].data.u32;
  return count < 0 ? 0 : count;
}
