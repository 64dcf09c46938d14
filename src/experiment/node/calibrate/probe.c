/*
 * Measures the host it runs on, for `ringsim calibrate`. Linux, gcc or clang: cc -O2 -pthread probe.c -o probe && ./probe [quick]
 *
 * Output, tab-separated: `reading NAME PARAM P25 MIN UNIT` (lower quartile and least of many batches) or `missing NAME REASON`.
 * Batches last tens of microseconds, so that the 20 to 100 ns of reading the clock do not show; the lower quartile leaves out
 * batches that an interrupt or another tenant lengthened.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 64, PAGE = 4096, MAX_BATCHES = 400 };
static const size_t MIB = 1 << 20;
static int quick, first_cpu, second_cpu = -1;
static volatile uint64_t sink;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC_RAW, &t); return t.tv_sec * 1e9 + t.tv_nsec; }

static int ascending(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return (x > y) - (x < y); }

static void reading(const char *name, double param, double *samples, int n, const char *unit) {
  qsort(samples, n, sizeof *samples, ascending);
  printf("reading\t%s\t%.0f\t%.4f\t%.4f\t%s\n", name, param, samples[n / 4], samples[0], unit);
}

static void single(const char *name, double param, double value, const char *unit) { reading(name, param, &value, 1, unit); }

static void missing(const char *name, const char *reason) { printf("missing\t%s\t%s\n", name, reason); }

static double timed(void (*step)(long times), long times) { double t = now(); step(times); return now() - t; }

/* Times batches of `step(times)` into `samples`; they lengthen until three of a length take 50 us each, so that a late start counts for
   nothing. Gives the number of batches. */
static int batches(double *samples, void (*step)(long times)) {
  long times = 1;
  while (timed(step, times) < 50e3 || timed(step, times) < 50e3 || timed(step, times) < 50e3) times *= 2;
  double end = now() + (quick ? 15e6 : 60e6);
  int n = 0;
  for (; n < MAX_BATCHES && (n < 8 || now() < end); n++) samples[n] = timed(step, times) / times;
  return n;
}

static void repeat(const char *name, double param, void (*step)(long times)) {
  double samples[MAX_BATCHES];
  int n = batches(samples, step);
  reading(name, param, samples, n, "ns");
}

static int pin(int cpu) { cpu_set_t set; CPU_ZERO(&set); CPU_SET(cpu, &set); return sched_setaffinity(0, sizeof set, &set); }

/* ---- clocks ---- */

/* 16 dependent additions a turn: one cycle each on every processor modelled. */
static void additions(long times) {
  uint64_t x = 1;
  for (long i = 0; i < times; i++)
#if defined __x86_64__ || defined __i386__
    __asm__ volatile("add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0;"
                     "add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0;add %0,%0" : "+r"(x));
#else
    for (int j = 0; j < 16; j++) { x += x; __asm__ volatile("" : "+r"(x)); }
#endif
  sink = x;
}

static void clocks(void) {
  repeat("additions16", 0, additions);
#if defined __x86_64__ || defined __i386__
  double samples[5];
  for (int i = 0; i < 5; i++) {
    double t = now();
    uint64_t tsc = __builtin_ia32_rdtsc();
    while (now() - t < 5e6) {}
    double elapsed = now() - t;
    samples[i] = (__builtin_ia32_rdtsc() - tsc) / elapsed;
  }
  reading("tsc", 0, samples, 5, "GHz");
#else
  missing("tsc", "no x86 time-stamp counter");
#endif
}

/* ---- system calls and faults ---- */

static int null_fd, pipe_fd[2], mem_fd;
static void enosys(long n) { while (n--) syscall(1000000); }
static void getppids(long n) { while (n--) syscall(SYS_getppid); }
static void vdso(long n) { struct timespec t; while (n--) clock_gettime(CLOCK_MONOTONIC, &t); }
static void clock_call(long n) { struct timespec t; while (n--) syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t); }
static void write_null(long n) { while (n--) if (write(null_fd, "x", 1) < 0) abort(); }
static void pipe_same(long n) { char c = 0; while (n--) if (write(pipe_fd[1], &c, 1) + read(pipe_fd[0], &c, 1) != 2) abort(); }
static void wake_nobody(long n) { static int word; while (n--) syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0); }

static void calls(void) {
  null_fd = open("/dev/null", O_WRONLY);
  if (pipe(pipe_fd) != 0 || null_fd < 0) { missing("calls", strerror(errno)); return; }
  repeat("call_enosys", 0, enosys);
  repeat("call_getppid", 0, getppids);
  repeat("clock_vdso", 0, vdso);
  repeat("clock_call", 0, clock_call);
  repeat("write_null", 0, write_null);
  repeat("pipe_same_thread", 0, pipe_same);
  repeat("futex_wake_nobody", 0, wake_nobody);
}

/* Reads of pages that are in the page cache but not yet mapped: a minor fault without the clearing of a page. */
static void faults(void) {
  enum { PAGES = 256 };
  double samples[60];
  mem_fd = memfd_create("probe", 0);
  if (mem_fd < 0 || ftruncate(mem_fd, PAGES * PAGE) != 0) { missing("page_fault", strerror(errno)); return; }
  int n = quick ? 20 : 60;
  for (int i = -1; i < n; i++) {
    volatile char *p = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mem_fd, 0);
    if (p == MAP_FAILED) { missing("page_fault", strerror(errno)); return; }
    double t = now();
    for (int k = 0; k < PAGES; k++) p[k * PAGE] = 1; /* writes: no fault-around */
    if (i >= 0) samples[i] = (now() - t) / PAGES;
    munmap((void *)p, PAGES * PAGE);
  }
  reading("page_fault", 0, samples, n, "ns");
}

/* ---- switches between threads and processes ---- */

static int there[2], back[2], echo_cpu;
static void *echo(void *unused) {
  char c;
  pin(echo_cpu);
  while (read(there[0], &c, 1) == 1 && c != 'q') if (write(back[1], &c, 1) != 1) break;
  return unused;
}
static void round_trip(long n) { char c = 'x'; while (n--) if (write(there[1], &c, 1) + read(back[0], &c, 1) != 2) abort(); }

static void switches(const char *name, int cpu, int in_process) {
  pthread_t thread;
  pid_t child = 0;
  echo_cpu = cpu;
  if (pipe(there) != 0 || pipe(back) != 0) { missing(name, strerror(errno)); return; }
  if (in_process) { if ((child = fork()) == 0) { echo(0); _exit(0); } }
  else if (pthread_create(&thread, 0, echo, 0) != 0) { missing(name, strerror(errno)); return; }
  repeat(name, 0, round_trip);
  if (write(there[1], "q", 1) != 1) abort();
  if (in_process) waitpid(child, 0, 0); else pthread_join(thread, 0);
  for (int i = 0; i < 2; i++) { close(there[i]); close(back[i]); }
}

/* Two threads that pass one turn by a futex on one CPU. */
static int turn;
static atomic_int futex_done;
static void give(int next) {
  __atomic_store_n(&turn, next, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}
static void await_turn(int mine) { while (__atomic_load_n(&turn, __ATOMIC_SEQ_CST) != mine && !futex_done) syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, !mine, 0, 0, 0); }
static void *futex_echo(void *unused) { pin(first_cpu); while (!futex_done) { await_turn(1); give(0); } return unused; }
static void futex_trip(long n) { while (n--) { give(1); await_turn(0); } }
static void futexes(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, futex_echo, 0) != 0) { missing("futex_same_cpu", strerror(errno)); return; }
  repeat("futex_same_cpu", 0, futex_trip);
  futex_done = 1;
  give(1);
  pthread_join(thread, 0);
}

/* ---- two cores ---- */

static _Alignas(128) atomic_int ball;
static atomic_int playing;
static void *return_ball(void *unused) {
  pin(second_cpu);
  while (playing) if (ball == 1) ball = 0;
  return unused;
}
static void line_trip(long n) { while (n--) { ball = 1; while (ball != 0) {} } }
static void barrier(long n) { while (n--) syscall(SYS_membarrier, 1 << 3, 0, 0); } /* PRIVATE_EXPEDITED */

/* No interrupt goes to a peer that other work has taken from its CPU: of the batches, those that are twice as long as the shortest count. */
static void barriers(void) {
  double samples[MAX_BATCHES];
  int n = batches(samples, barrier), kept = 0;
  qsort(samples, n, sizeof *samples, ascending);
  double least = samples[0];
  for (int i = 0; i < n; i++) if (samples[i] > 2 * least) samples[kept++] = samples[i];
  /* Nearly all alike: the peer ran all the time, or never; the reader compares them with those without a peer. */
  if (kept < n / 8) reading("membarrier_peer", 0, samples, n, "ns"); else reading("membarrier_peer", 0, samples, kept, "ns");
}

static void two_cores(void) {
  pthread_t thread;
  int has_barrier = syscall(SYS_membarrier, 1 << 4, 0, 0) == 0; /* REGISTER_PRIVATE_EXPEDITED */
  if (has_barrier) repeat("membarrier_alone", 0, barrier); else missing("membarrier_peer", strerror(errno));
  if (second_cpu < 0) { missing("line_round_trip", "one CPU alone"); missing("membarrier_peer", "one CPU alone"); return; }
  playing = 1;
  if (pthread_create(&thread, 0, return_ball, 0) != 0) { missing("line_round_trip", strerror(errno)); return; }
  repeat("line_round_trip", 0, line_trip);
  if (has_barrier) barriers();
  playing = 0;
  pthread_join(thread, 0);
  switches("pipe_two_cpus", second_cpu, 0);
}

#include "probememory.h"

int main(int argc, char **argv) {
  (void)argv;
  quick = argc > 1;
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  int found = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++) if (CPU_ISSET(cpu, &set)) { if (found++ == 0) first_cpu = cpu; else second_cpu = cpu; }
  pin(first_cpu);
  setvbuf(stdout, 0, _IOLBF, 0);
  clocks();
  calls();
  faults();
  switches("pipe_threads", first_cpu, 0);
  switches("pipe_processes", first_cpu, 1);
  futexes();
  two_cores();
  memory();
  counters();
  return 0;
}
