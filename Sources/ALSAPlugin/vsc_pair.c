// SPDX-License-Identifier: MIT
//
// The only state of this plug-in that streams of a process share. Real-time threads use it, and fork()
// may copy it at any moment. Its lock therefore gives up after a while instead of waiting (the streams
// then start unpaired), and a lock held by another process counts as free.

#include "vsc_pair.h"

#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

enum {
  ENTRIES = 32, // streams that run at once in one process; more start unpaired
  LOCK_ATTEMPTS = 200,
};

static _Atomic int32_t lock_holder; // process, 0: free
static vsc_pair_entry table[ENTRIES];

static bool enter(int32_t process) {
  for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
    int32_t holder = 0;
    if (atomic_compare_exchange_strong(&lock_holder, &holder, process))
      return true;
    if (holder != process && atomic_compare_exchange_strong(&lock_holder, &holder, process))
      return true; // the parent process held it at the time of fork()
    sched_yield();
  }
  return false;
}

static void leave(void) { atomic_store(&lock_holder, 0); }

static bool same_key(const vsc_pair_key *a, const vsc_pair_key *b) {
  return a->instance == b->instance && a->born_ns == b->born_ns;
}

static vsc_pair_entry *place_of(const void *stream, int32_t process) {
  vsc_pair_entry *free_place = NULL;
  for (size_t i = 0; i < ENTRIES; i++) {
    vsc_pair_entry *place = &table[i];
    if (place->stream == stream && place->process == process)
      return place;
    if (!place->stream || place->process != process)
      free_place = place;
  }
  return free_place;
}

static bool partners(const vsc_pair_entry *a, const vsc_pair_entry *b) {
  return b->stream && b->process == a->process && b->direction != a->direction &&
         same_key(&a->key, &b->key);
}

bool vsc_pair_start(vsc_pair_entry *entry, int64_t now_frame) {
  entry->process = (int32_t)getpid();
  if (!enter(entry->process))
    return false;
  bool paired = false;
  for (size_t i = 0; i < ENTRIES && !paired; i++) {
    const vsc_pair_entry *other = &table[i];
    paired =
      partners(entry, other) && now_frame < other->start_frame + other->period_frames / 2;
    if (paired)
      entry->start_frame = other->start_frame;
  }
  vsc_pair_entry *place = place_of(entry->stream, entry->process);
  if (place)
    *place = *entry;
  leave();
  return paired;
}

void vsc_pair_stop(const void *stream) {
  int32_t process = (int32_t)getpid();
  if (!enter(process))
    return;
  for (size_t i = 0; i < ENTRIES; i++)
    if (table[i].stream == stream && table[i].process == process)
      table[i].stream = NULL;
  leave();
}
