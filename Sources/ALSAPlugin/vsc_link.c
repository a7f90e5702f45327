// SPDX-License-Identifier: MIT

#include "vsc_link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool vsc_link_init(vsc_link *link, const char *runtime_directory) {
  *link = (vsc_link){.address = {.sun_family = AF_UNIX}, .socket = -1};
  int length = snprintf(
    link->address.sun_path, sizeof link->address.sun_path, "%s/clients.sock", runtime_directory);
  return length > 0 && (size_t)length < sizeof link->address.sun_path;
}

int vsc_link_request(vsc_link *link, const aes67_request *request) {
  vsc_link_close(link);
  link->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (link->socket < 0)
    return -errno;
  // A connection on this machine is made or refused at once; EAGAIN means that too many wait.
  if (connect(link->socket, (const struct sockaddr *)&link->address, sizeof link->address) == 0 &&
      send(link->socket, request, sizeof *request, MSG_NOSIGNAL) == (ssize_t)sizeof *request)
    return 0;
  int error = errno;
  vsc_link_close(link);
  return error == EPIPE || error == ECONNRESET ? -ECONNREFUSED : -error;
}

void vsc_link_wait(const vsc_link *link, int milliseconds) {
  struct pollfd reply = {.fd = link->socket, .events = POLLIN};
  poll(&reply, 1, milliseconds);
}

bool vsc_link_hung_up(const vsc_link *link) {
  char byte;
  ssize_t received = recv(link->socket, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR);
}

void vsc_link_close(vsc_link *link) {
  if (link->socket >= 0)
    close(link->socket);
  link->socket = -1;
}

static void fail(char reason[AES67_REASON_BYTES], const char *text) {
  snprintf(reason, AES67_REASON_BYTES, "%s", text);
}

// If the file shrank later, an access would end the program with SIGBUS. Its size must therefore be
// sealed.
static bool sealed(int file, size_t bytes) {
  struct stat status;
  int seals = fcntl(file, F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_SHRINK) && fstat(file, &status) == 0 &&
         status.st_size >= 0 && (uintmax_t)status.st_size >= bytes;
}

// Maps the first `bytes` of a daemon's file of `total` bytes.
static int map_sealed(int file, size_t total, size_t bytes, int protection, bool at_once,
  void **mapped, char *reason) {
  if (!sealed(file, total)) {
    fail(reason, "aes67d's shared memory is too small or not sealed");
    return -EPROTO;
  }
  int error = vsc_memory_map(mapped, file, bytes, protection, at_once);
  if (error)
    vsc_memory_explain(error, bytes, reason);
  return error == -EAGAIN ? -ENOMEM : error;
}

static bool device_fits(const aes67_device *device) {
  return device->magic == AES67_MAGIC && device->abi == AES67_ABI &&
         device->total_bytes == aes67_device_bytes() && device->sample_rate == AES67_RATE &&
         device->channels == AES67_CHANNELS && device->ring_frames == AES67_RING_FRAMES;
}

static bool client_fits(const aes67_client *client, const aes67_request *request) {
  return client->magic == AES67_MAGIC && client->abi == AES67_ABI &&
         client->total_bytes == aes67_client_bytes(request->direction, request->channels) &&
         client->direction == request->direction && client->channels == request->channels &&
         client->first_channel == request->first_channel;
}

// Only a capture stream looks at the ring behind the device page.
static size_t device_bytes_needed(const aes67_request *request) {
  bool ring = request->kind == AES67_ATTACH && request->direction == AES67_CAPTURE;
  return ring ? aes67_device_bytes() : AES67_DEVICE_HEADER_BYTES;
}

static int map_memory(const int files[2], int count, const aes67_request *request, bool at_once,
  vsc_memory *memory, char *reason) {
  int expected = request->kind == AES67_ATTACH ? 2 : 1;
  if (count != expected) {
    fail(reason, "aes67d handed over the wrong number of descriptors");
    return -EPROTO;
  }
  void *device = NULL, *client = NULL;
  memory->device_bytes = device_bytes_needed(request);
  int error = map_sealed(files[0], aes67_device_bytes(), memory->device_bytes, PROT_READ, at_once,
    &device, reason);
  memory->device = device;
  if (!error && expected == 2) {
    memory->client_bytes = aes67_client_bytes(request->direction, request->channels);
    error = map_sealed(files[1], memory->client_bytes, memory->client_bytes,
      PROT_READ | PROT_WRITE, at_once, &client, reason);
    memory->client = client;
  }
  if (error)
    return error;
  if (!device_fits(memory->device)) {
    fail(reason, "aes67d's shared memory has another layout; daemon and plug-in must be of one "
                 "release: install both again, then restart aes67d and this program");
    return -EPROTONOSUPPORT;
  }
  if (expected == 2 && !client_fits(memory->client, request)) {
    fail(reason, "aes67d handed over memory for another stream than this one");
    return -EPROTO;
  }
  return 0;
}

static int judge_reply(const aes67_reply *reply, size_t length, char *reason) {
  if (length < sizeof *reply || reply->magic != AES67_MAGIC) {
    fail(reason, "what answers on the socket is not aes67d");
    return -EPROTO;
  }
  if (reply->abi != AES67_ABI || reply->error == EPROTONOSUPPORT) {
    fail(reason, "aes67d speaks another version of the interface; daemon and plug-in must be of "
                 "one release: install both again, then restart aes67d and this program");
    return -EPROTONOSUPPORT;
  }
  if (reply->error != 0) {
    snprintf(reason, AES67_REASON_BYTES, "%.*s", AES67_REASON_BYTES - 1, reply->reason);
    bool sane = reply->error > 0 && reply->error < 4096 && reply->error != EAGAIN;
    return sane ? -reply->error : -EPROTO;
  }
  return reply->slot < AES67_CLIENT_SLOTS ? 0 : -EPROTO;
}

// The reply and its descriptors; the kernel drops more than two.
static ssize_t receive_reply(int socket, aes67_reply *reply, int files[2], int *count) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(2 * sizeof(int))];
  } control = {0};
  struct iovec data = {.iov_base = reply, .iov_len = sizeof *reply};
  struct msghdr message = {.msg_iov = &data,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control};
  ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  *count = 0;
  if (length < 0)
    return errno == EINTR ? -EAGAIN : -errno;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || c->cmsg_len < CMSG_LEN(0))
      continue;
    size_t received = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < received && *count < 2; i++)
      memcpy(&files[(*count)++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
  }
  return length;
}

int vsc_link_receive(vsc_link *link, const aes67_request *request, bool at_once,
  vsc_memory *memory, char reason[AES67_REASON_BYTES]) {
  aes67_reply reply;
  int files[2], count;
  ssize_t length = receive_reply(link->socket, &reply, files, &count);
  if (length == -EAGAIN)
    return -EAGAIN;
  int error;
  *memory = (vsc_memory){0};
  if (length <= 0) {
    fail(reason, "aes67d closed the connection");
    error = -ECONNREFUSED;
  } else {
    error = judge_reply(&reply, (size_t)length, reason);
    if (!error)
      error = map_memory(files, count, request, at_once, memory, reason);
  }
  for (int i = 0; i < count; i++)
    close(files[i]); // the mappings stay
  if (error) {
    vsc_memory_unmap(memory);
    vsc_link_close(link);
    return error;
  }
  memory->slot = reply.slot;
  return 0;
}
