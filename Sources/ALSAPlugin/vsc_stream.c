// SPDX-License-Identifier: MIT
//
// Start, stop and position of a stream.
//
// Start: frame 0 is the next device frame at least one period ahead that begins a packet (a multiple
// of start_grid media frames). The samples that the program queues next are then in time, and the
// first frame sent is the first of a packet. Before the start nothing is published; samples written
// in advance wait in the ring.
//
// Old audio is never played: the daemon may read a little behind the present, and between start() and the
// start frame it already reads positions below base. Therefore base is moved up beyond the end of the
// last stream before a new start, and the stretch between them is zeroed. Frames that were written but
// not played take no room in the ring: a new buffer would reach the slots of those being played.

#include "vsc_stream.h"

#include <unistd.h>

enum {
  GRID_FRAMES_MAX = 1024,
  LATE_FRAMES = 4096, // the daemon may read up to this far behind the present: 17 packets of 4 ms, and one more
};

bool vsc_stream_clock_runs(const aes67_clock_snapshot *clock) {
  // The nominal rate, up to 1024 times slower (tests) or twice as fast: anything else is no audio clock.
  const uint64_t nominal = vsc_nominal_rate();
  return clock->rate >= nominal / 1024 && clock->rate <= nominal * 2;
}

void vsc_stream_read_clock(vsc_client *client) {
  aes67_clock_snapshot clock;
  if (client->state == VSC_ATTACHED &&
      aes67_clock_read(&client->memory.device->clock, &clock) && vsc_stream_clock_runs(&clock))
    client->clock = clock;
}

void vsc_stream_publish(vsc_client *client, uint64_t written_through) {
  aes67_playback_snapshot value = {
    .start_frame = client->start - (int64_t)client->base,
    .written_through = written_through,
  };
  aes67_client *page = client->memory.client;
  aes67_client_publish(page, &value);
  aes67_client_set_stream_start(page, client->start);
  aes67_client_set_running(page, client->running);
}

uint64_t vsc_stream_position(vsc_client *client, int64_t now) {
  if (!client->running || client->paused)
    return client->position;
  vsc_stream_read_clock(client);
  int64_t position = aes67_clock_frame_at(&client->clock, now) - client->start;
  // If the clock is steered back, the position stops; it never goes backwards.
  if (position > 0 && (uint64_t)position > client->position)
    client->position = (uint64_t)position;
  return client->position;
}

int64_t vsc_stream_time_of(const vsc_client *client, uint64_t position) {
  return aes67_clock_time_of(&client->clock, client->start + (int64_t)position);
}

uint64_t vsc_stream_frames_to_start(const vsc_client *client, int64_t now) {
  if (!client->running || client->position > 0)
    return 0;
  int64_t ahead = client->start - aes67_clock_frame_at(&client->clock, now);
  return ahead > 0 ? (uint64_t)ahead : 0;
}

void vsc_stream_prepare(vsc_client *client, int64_t now) {
  if (getpid() != client->process || !client->memory.client)
    return;
  vsc_stream_stop(client, now);
  if (client->ended > client->base) {
    uint64_t quiet = client->request.period_frames + GRID_FRAMES_MAX + LATE_FRAMES;
    vsc_ring_silence(client, client->ended, client->ended + quiet);
    client->base = client->ended + quiet;
  }
  client->written = client->base;
  client->position = 0;
  client->paused = false;
}

// The next device frame from `earliest` on whose media frame is a multiple of the daemon's grid.
static int64_t on_grid(const vsc_client *client, int64_t earliest) {
  if (client->state != VSC_ATTACHED)
    return earliest;
  int64_t grid = aes67_device_start_grid(client->memory.device);
  if (grid < 2 || grid > GRID_FRAMES_MAX)
    return earliest;
  int64_t beyond = (earliest + client->clock.media_offset) % grid;
  if (beyond < 0)
    beyond += grid;
  return beyond ? earliest + grid - beyond : earliest;
}

int64_t vsc_stream_start(vsc_client *client, int64_t now) {
  vsc_stream_read_clock(client);
  int64_t now_frame = aes67_clock_frame_at(&client->clock, now);
  vsc_pair_entry entry = {.stream = client,
    .direction = client->direction,
    .key = client->key,
    .start_frame = on_grid(client, now_frame + client->request.period_frames),
    .period_frames = client->request.period_frames};
  client->paired = vsc_pair_start(&entry, now_frame);
  client->start = entry.start_frame;
  client->position = 0;
  client->running = true;
  client->paused = false;
  vsc_stream_publish(client, client->written);
  return client->start;
}

bool vsc_stream_missed_start(const vsc_client *client, int64_t now) {
  return !client->paired && aes67_clock_frame_at(&client->clock, now) >= client->start;
}

void vsc_stream_stop(vsc_client *client, int64_t now) {
  if (!client->running || getpid() != client->process)
    return;
  uint64_t played = client->base + vsc_stream_position(client, now);
  client->running = false;
  client->paused = false;
  client->ended = played < client->written ? played : client->written;
  vsc_stream_publish(client, client->ended);
  vsc_pair_stop(client);
}

void vsc_stream_stop_for_xrun(vsc_client *client, int64_t now) {
  vsc_stream_stop(client, now);
  client->xruns++;
  aes67_client_set_xruns(client->memory.client, client->xruns);
}

void vsc_stream_pause(vsc_client *client, bool pause, int64_t now) {
  if (!client->running || client->paused == pause)
    return;
  uint64_t played = client->base + vsc_stream_position(client, now);
  client->paused = pause;
  if (pause) {
    vsc_stream_publish(client, played < client->written ? played : client->written);
    return;
  }
  // Frames that were played before the pause must not be played again just before its end.
  vsc_ring_silence(client, played > LATE_FRAMES ? played - LATE_FRAMES : 0, played);
  vsc_stream_read_clock(client);
  client->start = aes67_clock_frame_at(&client->clock, now) - (int64_t)client->position;
  vsc_stream_publish(client, client->written);
}

uint32_t vsc_stream_latency(const vsc_client *client) {
  if (client->state != VSC_ATTACHED)
    return 0;
  uint32_t frames = client->direction == AES67_PLAYBACK
                      ? aes67_device_playback_latency(client->memory.device)
                      : aes67_device_capture_latency(client->memory.device);
  return frames < AES67_RING_FRAMES ? frames : AES67_RING_FRAMES;
}

uint32_t vsc_stream_minimum_period(const vsc_client *client) {
  return client->state == VSC_ATTACHED ? aes67_device_minimum_period(client->memory.device) : 0;
}

vsc_stream_info vsc_stream_look(const vsc_client *client) {
  return (vsc_stream_info){
    .state = client->state,
    .slot = client->memory.slot,
    .start_frame = client->start,
    .media_offset = client->clock.media_offset,
    .xruns = client->xruns,
    .running = client->running,
  };
}
