// SPDX-License-Identifier: MIT
//
// Receives like `bare receive`, but with io_uring: one multishot receive for each socket, into buffers provided beforehand. Unlike the
// daemon, it does not read the packets' source addresses.
//
//   uring AWAITED STREAMS INTERFACE-ADDRESS GROUP-PREFIX     AWAITED: packets for which a wake-up waits, e.g. 1 or STREAMS

#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_STREAMS = 64, PACKET = 2048, BUFFERS = 256, SUBMISSIONS = 64, COMPLETIONS = 1024, PORT = 5004, GROUP = 1 };

static struct {
  int descriptor;
  unsigned *submission_tail, *submission_mask, *array, *completion_head, *completion_tail, *completion_mask;
  struct io_uring_sqe *submissions;
  struct io_uring_cqe *completions;
  struct io_uring_buf_ring *buffers;
  unsigned pending;
} ring;

static uint8_t packets[BUFFERS][PACKET];
static int sockets[MOST_STREAMS];

static void check(long result, const char *call) {
  if (result < 0) {
    perror(call);
    exit(1);
  }
}

static void *map(size_t bytes, off_t offset) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.descriptor, offset);
  check(memory == MAP_FAILED ? -1 : 0, "mmap");
  return memory;
}

static void give(uint16_t number) {
  uint16_t tail = ring.buffers->tail;
  struct io_uring_buf *entry = &ring.buffers->bufs[tail & (BUFFERS - 1)];
  entry->addr = (uintptr_t)packets[number];
  entry->len = PACKET;
  entry->bid = number;
  __atomic_store_n(&ring.buffers->tail, (uint16_t)(tail + 1), __ATOMIC_RELEASE);
}

static void begin(void) {
  struct io_uring_params parameters = {
    .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE, .cq_entries = COMPLETIONS};
  ring.descriptor = (int)syscall(SYS_io_uring_setup, SUBMISSIONS, &parameters);
  check(ring.descriptor, "io_uring_setup");
  uint8_t *queues = map(parameters.cq_off.cqes + COMPLETIONS * sizeof(struct io_uring_cqe), IORING_OFF_SQ_RING);
  ring.submission_tail = (unsigned *)(queues + parameters.sq_off.tail);
  ring.submission_mask = (unsigned *)(queues + parameters.sq_off.ring_mask);
  ring.array = (unsigned *)(queues + parameters.sq_off.array);
  ring.completion_head = (unsigned *)(queues + parameters.cq_off.head);
  ring.completion_tail = (unsigned *)(queues + parameters.cq_off.tail);
  ring.completion_mask = (unsigned *)(queues + parameters.cq_off.ring_mask);
  ring.completions = (struct io_uring_cqe *)(queues + parameters.cq_off.cqes);
  ring.submissions = map(SUBMISSIONS * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
  ring.buffers = mmap(NULL, BUFFERS * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct io_uring_buf_reg registration = {.ring_addr = (uintptr_t)ring.buffers, .ring_entries = BUFFERS, .bgid = GROUP};
  check(syscall(SYS_io_uring_register, ring.descriptor, IORING_REGISTER_PBUF_RING, &registration, 1), "IORING_REGISTER_PBUF_RING");
  for (uint16_t number = 0; number < BUFFERS; number++)
    give(number);
}

/// Requests all further packets of a stream.
static void ask(int stream) {
  unsigned tail = *ring.submission_tail, slot = tail & *ring.submission_mask;
  ring.submissions[slot] = (struct io_uring_sqe){
    .opcode = IORING_OP_RECV, .fd = sockets[stream], .ioprio = IORING_RECV_MULTISHOT, .flags = IOSQE_BUFFER_SELECT,
    .buf_group = GROUP, .user_data = (uint64_t)stream};
  ring.array[slot] = slot;
  __atomic_store_n(ring.submission_tail, tail + 1, __ATOMIC_RELEASE);
  ring.pending++;
}

static void wait_for(unsigned awaited) {
  struct __kernel_timespec limit = {.tv_nsec = awaited > 1 ? 2000000 : 100000000};
  struct io_uring_getevents_arg argument = {.ts = (uintptr_t)&limit};
  syscall(SYS_io_uring_enter, ring.descriptor, ring.pending, awaited, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument,
          sizeof argument);
  ring.pending = 0;
}

static void take(void) {
  unsigned head = *ring.completion_head, tail = __atomic_load_n(ring.completion_tail, __ATOMIC_ACQUIRE);
  for (; head != tail; head++) {
    const struct io_uring_cqe *completion = &ring.completions[head & *ring.completion_mask];
    if (completion->flags & IORING_CQE_F_BUFFER)
      give((uint16_t)(completion->flags >> IORING_CQE_BUFFER_SHIFT));
    if (!(completion->flags & IORING_CQE_F_MORE)) // out of buffers, after a pause
      ask((int)completion->user_data);
  }
  __atomic_store_n(ring.completion_head, head, __ATOMIC_RELEASE);
}

static int listening(const char *interface, const char *prefix, int number) {
  char text[64];
  snprintf(text, sizeof text, "%s%d", prefix, number + 1);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = inet_addr(text)};
  struct ip_mreq membership = {address.sin_addr, {inet_addr(interface)}};
  int s = socket(AF_INET, SOCK_DGRAM, 0), one = 1, bytes = 1 << 20;
  check(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
  check(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes), "SO_RCVBUF");
  check(bind(s, (struct sockaddr *)&address, sizeof address), "bind");
  check(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership), "IP_ADD_MEMBERSHIP");
  return s;
}

int main(int argc, char **argv) {
  struct sched_param priority = {.sched_priority = 80};
  if (argc != 5) {
    fputs("uring: wrong arguments; see the top of uring.c\n", stderr);
    return 2;
  }
  int streams = atoi(argv[2]);
  begin();
  mlockall(MCL_CURRENT | MCL_FUTURE);
  if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
    fputs("uring: no SCHED_FIFO here\n", stderr);
  for (int i = 0; i < streams; i++) {
    sockets[i] = listening(argv[3], argv[4], i);
    ask(i);
  }
  for (;;) {
    wait_for((unsigned)atoi(argv[1]));
    take();
  }
}
