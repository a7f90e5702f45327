// SPDX-License-Identifier: MIT
//
// A hostile client: `hostile SOCKET MODE`. The exit status is 0 if the daemon has refused or survived the attempt:
//
//   garbage    requests with all kinds of errors: none may be granted, and each gets a reply or a closed connection
//   wild       a playback stream whose client page has extreme values, for a second
//   memory     the received memory must not be writable (device) or resizable (both)
//   foreign    a request with a descriptor of this program, which the daemon must close
//   silent     a hundred connections that send nothing, for three seconds

#include "aes67_shm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static const char *path;

static void fail(const char *what) {
  fprintf(stderr, "hostile: %s (%s)\n", what, strerror(errno));
  exit(1);
}

static int connection(void) {
  int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  struct timeval limit = {.tv_sec = 3};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (s < 0 || connect(s, (struct sockaddr *)&address, sizeof address) != 0)
    return -1;
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return s;
}

static aes67_request request_of(uint32_t direction, uint32_t channels, uint32_t first) {
  return (aes67_request){.magic = AES67_MAGIC, .abi = AES67_ABI, .kind = AES67_ATTACH, .direction = direction,
                         .channels = channels, .first_channel = first, .period_frames = 1024,
                         .buffer_frames = 8192, .name = "hostile"};
}

// Receives a reply and up to two descriptors; -1 if the daemon closed the connection or did not reply in time.
static int reply_of(int s, aes67_reply *reply, int fds[2]) {
  char control[CMSG_SPACE(2 * sizeof(int))];
  struct iovec part = {reply, sizeof *reply};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                           .msg_controllen = sizeof control};
  fds[0] = fds[1] = -1;
  if (recvmsg(s, &message, MSG_CMSG_CLOEXEC) != sizeof *reply)
    return -1;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_type == SCM_RIGHTS)
    memcpy(fds, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
  return 0;
}

static void refuse(const void *bytes, size_t size, const char *what) {
  aes67_reply reply;
  int fds[2], s = connection();
  if (s < 0)
    fail("connect");
  if (send(s, bytes, size, MSG_NOSIGNAL) != (ssize_t)size)
    fail("send");
  if (reply_of(s, &reply, fds) == 0) {
    if (reply.error == 0 || fds[0] >= 0)
      fail(what);
    if (memchr(reply.reason, 0, sizeof reply.reason) == NULL || reply.reason[0] == 0)
      fail("a refusal without a reason");
    printf("%s: %s\n", what, reply.reason);
  }
  close(s);
}

static void garbage(void) {
  aes67_request r = request_of(AES67_PLAYBACK, 2, 0);
#define WRONG(field, value)                                                                        \
  do {                                                                                             \
    aes67_request wrong = r;                                                                       \
    wrong.field = (value);                                                                         \
    refuse(&wrong, sizeof wrong, #field " = " #value);                                             \
  } while (0)
  WRONG(magic, 0);
  WRONG(abi, 99);
  WRONG(kind, 77);
  WRONG(direction, 2);
  WRONG(channels, 0);
  WRONG(channels, 65);
  WRONG(channels, UINT32_MAX);
  WRONG(first_channel, 63);
  WRONG(first_channel, UINT32_MAX);
  refuse(&r, 1, "one byte");
  refuse(&r, sizeof r - 1, "a truncated request");
  char large[4096];
  memset(large, 0xA5, sizeof large);
  refuse(large, sizeof large, "an endless request");
}

static aes67_client *attach(int *s, int fds[2]) {
  aes67_request r = request_of(AES67_PLAYBACK, 2, 0);
  aes67_reply reply;
  *s = connection();
  if (*s < 0 || send(*s, &r, sizeof r, MSG_NOSIGNAL) != sizeof r || reply_of(*s, &reply, fds) != 0 || reply.error != 0)
    fail("attach");
  aes67_client *client =
    mmap(NULL, aes67_client_bytes(AES67_PLAYBACK, 2), PROT_READ | PROT_WRITE, MAP_SHARED, fds[1], 0);
  if (client == MAP_FAILED)
    fail("mmap of the client page");
  return client;
}

static void wild(void) {
  int s, fds[2];
  aes67_client *client = attach(&s, fds);
  static const int64_t starts[] = {INT64_MIN, -1, 0, 1, INT64_MAX, INT64_MAX - 5, 1LL << 62, -(1LL << 62)};
  static const uint64_t ends[] = {UINT64_MAX, 1, 0, 1ULL << 63, (1ULL << 63) - 1, 32768, 32769, 1ULL << 32};
  client->magic = 0;
  client->channels = 4096;
  client->total_bytes = UINT64_MAX;
  for (int round = 0; round < 1000; round++) {
    aes67_playback_snapshot value = {starts[round % 8], ends[round / 8 % 8]};
    aes67_client_publish(client, &value);
    aes67_client_set_stream_start(client, starts[(round + 3) % 8]);
    aes67_client_set_stream_frames(client, ends[(round + 5) % 8]);
    aes67_client_set_xruns(client, UINT64_MAX - (uint64_t)round);
    aes67_client_set_period_frames(client, UINT32_MAX);
    aes67_client_set_buffer_frames(client, (uint32_t)round * 7919);
    aes67_client_set_running(client, (uint32_t)round);
    usleep(1000);
  }
  AES67_STORE(client->generation, 1u); // permanently in the middle of a change
  usleep(100000);
  close(s);
}

static void memory(void) {
  int s, fds[2];
  attach(&s, fds);
  if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0) != MAP_FAILED)
    fail("the device memory can be mapped for writing");
  if (ftruncate(fds[0], 0) == 0 || ftruncate(fds[1], 0) == 0 || ftruncate(fds[1], 1 << 30) == 0)
    fail("the memory can be resized");
  if (write(fds[0], "x", 1) == 1)
    fail("the device memory can be written");
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fds[0]);
  int again = open(name, O_RDWR);
  if (again >= 0 && geteuid() != 0) // root may open any file
    fail("the device memory can be opened for writing");
  close(s);
}

static void foreign(void) {
  aes67_request r = request_of(AES67_PLAYBACK, 2, 0);
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&r, sizeof r};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                           .msg_controllen = sizeof control};
  int pipes[2], s = connection();
  if (s < 0 || pipe(pipes) != 0)
    fail("setup");
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &pipes[1], sizeof(int));
  if (sendmsg(s, &message, MSG_NOSIGNAL) < 0)
    fail("sendmsg");
  aes67_reply reply;
  int fds[2];
  reply_of(s, &reply, fds);
  close(pipes[1]);
  fcntl(pipes[0], F_SETFL, O_NONBLOCK);
  char byte;
  for (int tenth = 0; read(pipes[0], &byte, 1) != 0; tenth++) { // 0: the writing end is closed everywhere
    if (tenth == 20)
      fail("the daemon keeps a foreign descriptor");
    usleep(100000);
  }
  close(s);
}

static void silent(void) {
  int open = 0;
  for (int n = 0; n < 100; n++)
    open += connection() >= 0;
  printf("%d connections\n", open);
  fflush(stdout);
  sleep(3);
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  path = argv[1];
  struct {
    const char *name;
    void (*run)(void);
  } modes[] = {{"garbage", garbage}, {"wild", wild}, {"memory", memory}, {"foreign", foreign}, {"silent", silent}};
  for (size_t n = 0; n < sizeof modes / sizeof *modes; n++)
    if (!strcmp(argv[2], modes[n].name)) {
      modes[n].run();
      return 0;
    }
  return 2;
}
