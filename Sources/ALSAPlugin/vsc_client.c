// SPDX-License-Identifier: MIT
//
// The states of a stream with, without, and between daemons. See vsc_client.h.
//
//   state         event                          next          what happens
//   detached      250 ms passed, daemon there    requested     one request is sent, without blocking
//   requested     reply with memory              attached      the stream moves to the new memory
//   requested     refused, hang-up, or 1 s       detached
//   requested     reply of another ABI           incompatible
//   attached      heartbeat older than 20 ms and
//                 the socket hung up             detached      continues with the last clock and memory
//
// A daemon that merely stalls keeps its clients: after a stale heartbeat the client checks the socket,
// every 50 ms at most. In the steady state no system call is made.

#include "vsc_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t milliseconds = 1000000; // in nanoseconds

// Device frames of a machine where no daemon ever ran: one fixed map, so that all streams agree.
static aes67_clock_snapshot nominal_clock(void) {
  return (aes67_clock_snapshot){.rate = vsc_nominal_rate()};
}

static uint64_t fingerprint(const char *text) { // FNV-1a
  uint64_t hash = 0xcbf29ce484222325u;
  for (; *text; text++)
    hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
  return hash;
}

static bool ours(const vsc_client *client) { return getpid() == client->process; }

vsc_client *vsc_client_new(const char *runtime_directory, aes67_direction direction,
  uint32_t channels, uint32_t first_channel) {
  vsc_client *client = calloc(1, sizeof *client);
  if (!client)
    return NULL;
  if (!vsc_link_init(&client->link, runtime_directory)) {
    free(client);
    errno = ENAMETOOLONG;
    return NULL;
  }
  client->process = getpid();
  client->direction = direction;
  client->channels = channels;
  client->key.instance = fingerprint(runtime_directory);
  client->clock = nominal_clock();
  client->request = (aes67_request){
    .magic = AES67_MAGIC,
    .abi = AES67_ABI,
    .kind = AES67_ATTACH,
    .direction = direction,
    .channels = channels,
    .first_channel = first_channel,
  };
  strncpy(client->request.name, program_invocation_short_name, AES67_NAME_BYTES - 1);
  return client;
}

void vsc_client_free(vsc_client *client) {
  vsc_client_detach(client);
  free(client);
}

// True for errors that only mean that no daemon runs now.
static bool means_absent(int error) {
  return error == -ENOENT || error == -ECONNREFUSED || error == -EAGAIN || error == -ENOTDIR;
}

uint64_t vsc_client_instance(const vsc_client *client) { return client->key.instance; }

int vsc_client_look(const char *runtime_directory, uint32_t *minimum_period) {
  vsc_link link;
  vsc_memory memory;
  char reason[AES67_REASON_BYTES];
  aes67_request request = {.magic = AES67_MAGIC, .abi = AES67_ABI, .kind = AES67_OBSERVE};
  if (!vsc_link_init(&link, runtime_directory))
    return -ENAMETOOLONG;
  int error = vsc_link_request(&link, &request);
  if (error)
    return means_absent(error) && error != -EAGAIN ? -ENOENT : error;
  vsc_link_wait(&link, VSC_ANSWER_MILLISECONDS);
  error = vsc_link_receive(&link, &request, false, &memory, reason);
  if (!error) {
    *minimum_period = aes67_device_minimum_period(memory.device);
    vsc_memory_unmap(&memory);
  }
  vsc_link_close(&link);
  return error;
}

static void free_run(vsc_client *client, vsc_link_state state, int64_t now) {
  client->state = state;
  client->next_attempt = now + 250 * milliseconds;
  client->deadline = now + 1000 * milliseconds;
}

// Asks the daemon and waits a little for its memory: 0, or a negative errno with its reason.
static int ask(vsc_client *client, int64_t now, vsc_memory *memory, char *reason) {
  free_run(client, VSC_DETACHED, now);
  int error = vsc_link_request(&client->link, &client->request);
  if (error) {
    strcpy(reason, "cannot ask aes67d for the device");
    return error;
  }
  vsc_link_wait(&client->link, VSC_ANSWER_MILLISECONDS);
  error = vsc_link_receive(&client->link, &client->request, true, memory, reason);
  if (error == -EAGAIN)
    free_run(client, VSC_REQUESTED, now);
  return error;
}

int vsc_client_attach(vsc_client *client, uint32_t period_frames, uint32_t buffer_frames,
  int64_t now, char reason[AES67_REASON_BYTES]) {
  vsc_client_detach(client);
  client->request.period_frames = period_frames;
  client->request.buffer_frames = buffer_frames;
  vsc_memory memory;
  int error = ask(client, now, &memory, reason);
  if (!error) {
    if (vsc_client_move(client, &memory, now))
      return 0;
    vsc_memory_unmap(&memory);
    vsc_link_close(&client->link);
  } else if (!means_absent(error)) {
    vsc_client_detach(client);
    return error;
  }
  // After the failure, so that a program never holds two rings.
  error = vsc_memory_private(&memory, &client->request, reason);
  if (error)
    vsc_client_detach(client);
  else
    vsc_client_move(client, &memory, now);
  return error;
}

void vsc_client_detach(vsc_client *client) {
  if (ours(client)) {
    vsc_stream_stop(client, 0);
    vsc_pair_stop(client);
  }
  vsc_link_close(&client->link);
  vsc_memory_unmap(&client->memory);
  client->state = VSC_DETACHED;
  client->base = client->written = client->ended = client->position = 0;
  client->running = client->paused = false;
  client->xruns = 0; // counted for each holder of a slot
}

// Fills the client page with the values that the daemon and its tools show.
static void introduce(vsc_client *client) {
  aes67_client *page = client->memory.client;
  aes67_client_set_period_frames(page, client->request.period_frames);
  aes67_client_set_buffer_frames(page, client->request.buffer_frames);
  aes67_client_set_xruns(page, client->xruns);
}

// Converts the start frame of a running stream to the new clock, so that its position continues without
// a jump. All streams of the machine compare the clocks at the same instant, the start of the new
// daemon, and so keep their distances to the frame. If the clocks' rates have since moved a stream by
// more than a frame, it compares them at `now` instead.
static int64_t moved_start(const vsc_client *client, const aes67_clock_snapshot *new_clock,
  int64_t born_ns, int64_t now) {
  const aes67_clock_snapshot *old_clock = &client->clock;
  int64_t shift =
    aes67_clock_frame_at(new_clock, born_ns) - aes67_clock_frame_at(old_clock, born_ns);
  int64_t ahead = (int64_t)vsc_stream_frames_to_start(client, now) - (int64_t)client->position;
  int64_t smooth = aes67_clock_frame_at(new_clock, now) + ahead;
  int64_t common = client->start + shift;
  return common >= smooth - 1 && common <= smooth + 1 ? common : smooth;
}

bool vsc_client_move(vsc_client *client, const vsc_memory *memory, int64_t now) {
  aes67_clock_snapshot clock = client->clock;
  if (memory->device &&
      (!aes67_clock_read(&memory->device->clock, &clock) || !vsc_stream_clock_runs(&clock)))
    return false;
  vsc_stream_position(client, now);
  if (client->running && memory->device)
    client->start = moved_start(client, &clock, memory->device->born_ns, now);
  if (client->memory.client && client->direction == AES67_PLAYBACK) {
    uint64_t from = client->base + client->position;
    vsc_ring_copy(client, aes67_client_ring(memory->client), from, client->written);
  }
  vsc_memory old = client->memory;
  client->memory = *memory;
  client->clock = clock;
  if (memory->device) {
    client->key.born_ns = memory->device->born_ns;
    client->state = VSC_ATTACHED;
    client->next_probe = now;
  }
  introduce(client);
  if (client->running)
    vsc_stream_publish(
      client, client->paused ? client->base + client->position : client->written);
  vsc_memory_unmap(&old);
  return true;
}

static void receive_reply(vsc_client *client, int64_t now) {
  vsc_memory memory;
  char reason[AES67_REASON_BYTES];
  int error = vsc_link_receive(&client->link, &client->request, false, &memory, reason);
  if (error == -EAGAIN && now < client->deadline)
    return;
  if (!error && vsc_client_move(client, &memory, now))
    return;
  if (!error)
    vsc_memory_unmap(&memory);
  vsc_link_close(&client->link);
  client->state = error == -EPROTONOSUPPORT ? VSC_INCOMPATIBLE : VSC_DETACHED;
}

vsc_link_state vsc_client_service(vsc_client *client, int64_t now) {
  switch (client->state) {
  case VSC_ATTACHED:
    if (now - aes67_device_heartbeat(client->memory.device) <= 20 * milliseconds ||
        now < client->next_probe || !ours(client))
      break;
    client->next_probe = now + 50 * milliseconds;
    if (!vsc_link_hung_up(&client->link))
      break;
    vsc_link_close(&client->link);
    client->state = VSC_DETACHED;
    client->next_attempt = now;
    break;
  case VSC_DETACHED:
    if (now < client->next_attempt || !client->memory.client || !ours(client))
      break;
    free_run(client, VSC_DETACHED, now);
    if (vsc_link_request(&client->link, &client->request) == 0)
      client->state = VSC_REQUESTED;
    break;
  case VSC_REQUESTED:
    if (ours(client))
      receive_reply(client, now);
    break;
  case VSC_INCOMPATIBLE:
    break;
  }
  return client->state;
}
