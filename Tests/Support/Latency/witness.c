// SPDX-License-Identifier: MIT
//
// Measures stalls of the machine: one thread on each processor, with a higher priority than the daemon's, only sleeps and records when it
// woke late. Whatever delayed that thread, such as the hypervisor or the kernel, delayed all others on the processor.
//
//   witness FILE [INTERVAL_US [NOTEWORTHY_US]]
//
// Appends a line for each stall to FILE: processor, CLOCK_MONOTONIC nanosecond at which the thread should have woken, and its lateness.
// SIGTERM ends the program. The last lines are "# PROCESSOR wakes N, late by ...": counts of wake-ups by lateness.

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// Stalls often follow each other, and one is only seen when the thread should wake: after a stall the thread wakes sooner.
enum { MOST_PROCESSORS = 64, RING = 1 << 14, BUCKETS = 8, FLUSH_NS = 50 * 1000 * 1000, CLOSE_NS = 50 * 1000, CLOSE_LOOKS = 2 };

// Upper bounds of lateness in microseconds; the last bucket has none.
static const int64_t bounds_us[BUCKETS - 1] = {50, 100, 200, 500, 1000, 2000, 5000};

typedef struct {
  pthread_t thread;
  int processor;
  struct { int64_t due_ns, late_ns; } ring[RING];
  _Atomic uint32_t noted; // written by the thread only
  uint32_t flushed;       // used by main only
  uint64_t buckets[BUCKETS];
} watcher;

static watcher *watchers[MOST_PROCESSORS];
static int64_t interval_ns = 250000, noteworthy_ns = 100000;
static _Atomic int ended;

static void end(int number) {
  (void)number;
  ended = 1;
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void sleep_until(int64_t at) {
  struct timespec until = {.tv_sec = at / 1000000000, .tv_nsec = at % 1000000000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void *watch(void *argument) {
  watcher *w = argument;
  int64_t due = now_ns() + interval_ns;
  int close_looks = 0;
  while (!ended) {
    sleep_until(due);
    int64_t now = now_ns(), late = now - due;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && late >= bounds_us[bucket] * 1000)
      bucket++;
    w->buckets[bucket]++;
    if (late >= noteworthy_ns) {
      uint32_t slot = atomic_load_explicit(&w->noted, memory_order_relaxed);
      w->ring[slot % RING].due_ns = due;
      w->ring[slot % RING].late_ns = late;
      atomic_store_explicit(&w->noted, slot + 1, memory_order_release);
      close_looks = CLOSE_LOOKS;
    }
    int64_t wait = interval_ns;
    if (close_looks > 0) {
      close_looks--;
      wait = interval_ns < CLOSE_NS ? interval_ns : CLOSE_NS;
    }
    due += wait;
    if (due < now)
      due = now + wait;
  }
  return NULL;
}

static watcher *start(int processor) {
  watcher *w = calloc(1, sizeof *w);
  pthread_attr_t attributes;
  struct sched_param priority = {.sched_priority = 99};
  cpu_set_t set;
  w->processor = processor;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
  pthread_attr_setschedparam(&attributes, &priority);
  pthread_attr_setaffinity_np(&attributes, sizeof set, &set);
  int refused = pthread_create(&w->thread, &attributes, watch, w);
  if (refused != 0) {
    fprintf(stderr, "witness: processor %d: %s; it needs root, or CAP_SYS_NICE\n", processor, strerror(refused));
    exit(1);
  }
  return w;
}

static void flush(watcher *w, FILE *file) {
  uint32_t noted = atomic_load_explicit(&w->noted, memory_order_acquire);
  if (noted - w->flushed > RING)
    w->flushed = noted - RING;
  for (; w->flushed != noted; w->flushed++)
    fprintf(file, "%d %lld %lld\n", w->processor, (long long)w->ring[w->flushed % RING].due_ns,
      (long long)w->ring[w->flushed % RING].late_ns);
  fflush(file);
}

static void summarise(const watcher *w, FILE *file) {
  uint64_t wakes = 0;
  for (int b = 0; b < BUCKETS; b++)
    wakes += w->buckets[b];
  fprintf(file, "# %d wakes %llu, late by", w->processor, (unsigned long long)wakes);
  for (int b = 0; b < BUCKETS - 1; b++)
    fprintf(file, " <%lldus %llu", (long long)bounds_us[b], (unsigned long long)w->buckets[b]);
  fprintf(file, " more %llu\n", (unsigned long long)w->buckets[BUCKETS - 1]);
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 4) {
    fputs("usage: witness FILE [INTERVAL_US [NOTEWORTHY_US]]\n", stderr);
    return 2;
  }
  if (argc > 2)
    interval_ns = atoll(argv[2]) * 1000;
  if (argc > 3)
    noteworthy_ns = atoll(argv[3]) * 1000;
  FILE *file = fopen(argv[1], "w");
  if (!file) {
    perror(argv[1]);
    return 1;
  }
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  long configured = sysconf(_SC_NPROCESSORS_ONLN);
  int processors = configured > MOST_PROCESSORS ? MOST_PROCESSORS : (int)configured;
  for (int p = 0; p < processors; p++)
    watchers[p] = start(p);
  while (!ended) {
    sleep_until(now_ns() + FLUSH_NS);
    for (int p = 0; p < processors; p++)
      flush(watchers[p], file);
  }
  for (int p = 0; p < processors; p++) {
    pthread_join(watchers[p]->thread, NULL);
    flush(watchers[p], file);
    summarise(watchers[p], file);
  }
  return fclose(file);
}
