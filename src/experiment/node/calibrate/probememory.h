/* Latency of chased pointers, reach of the TLBs, bandwidth; hardware counters. Part of probe.c. */

static size_t largest_set(void) {
  size_t bytes = (size_t)sysconf(_SC_AVPHYS_PAGES) * PAGE / 4, wanted = (quick ? 64 : 256) * MIB;
  return bytes < wanted ? bytes : wanted;
}

static uint64_t random_state = 88172645463325252ull;
static size_t below(size_t n) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state % n;
}

/* One random cycle through `n` places of `memory` (Sattolo); place i stands at place(i). */
static void *link_cycle(char *memory, uint32_t *order, size_t n, size_t (*place)(size_t)) {
  for (size_t i = 0; i < n; i++) order[i] = i;
  for (size_t i = n - 1; i > 0; i--) { size_t j = below(i); uint32_t swap = order[i]; order[i] = order[j]; order[j] = swap; }
  for (size_t i = 0; i < n; i++) *(void **)(memory + place(order[i])) = memory + place(order[(i + 1) % n]);
  return memory + place(order[0]);
}

static void **at;
static void chase(long n) { void **p = at; for (; n >= 8; n -= 8) { p = *p; p = *p; p = *p; p = *p; p = *p; p = *p; p = *p; p = *p; } at = p; }

/* Batches of a set are whole walks of it, or parts of 32 Ki loads; the first walk warms it. */
static void chase_set(const char *name, double param, void *start, size_t n) {
  double samples[64], end;
  long batch = n > 32768 ? 32768 : n < 1024 ? 4096 : (n + 7) / 8 * 8;
  int count = 0;
  at = start;
  chase(n + 8);
  for (end = now() + (quick ? 3e6 : 20e6); count < 64 && (count < 4 || now() < end); count++) {
    double t = now();
    chase(batch);
    samples[count] = (now() - t) / batch;
  }
  sink = (uint64_t)at;
  reading(name, param, samples, count, "ns");
}

static size_t dense(size_t i) { return i * LINE; }
/* One line of each page, another in each, so that the sets of the caches fill evenly. */
static size_t sparse(size_t i) { return i * PAGE + (i % (PAGE / LINE)) * LINE; }

static int has_large_pages(void) {
  char line[256];
  long kib = 0;
  FILE *f = fopen("/proc/self/smaps_rollup", "r");
  while (f != 0 && fgets(line, sizeof line, f) != 0) sscanf(line, "AnonHugePages: %ld", &kib);
  if (f != 0) fclose(f);
  return kib > 0;
}

/* Half octaves in quick runs, quarter octaves else; `from` and `to` in places. */
static size_t grown(size_t n) { size_t next = n * (quick ? 1.41422 : 1.1893); return next > n ? next : n + 1; }

static void curve(const char *name, char *memory, uint32_t *order, size_t bytes) {
  for (size_t n = 2048 / LINE; n * LINE <= bytes; n = grown(n)) chase_set(name, n * LINE, link_cycle(memory, order, n, dense), n);
}

static void reach(char *memory, uint32_t *order, size_t bytes) {
  for (size_t n = 16; n * PAGE <= bytes && n <= 16384; n = n * (quick ? 1.25 : 1.125) + 1) {
    chase_set("sparse_4k", n, link_cycle(memory, order, n, sparse), n);
    chase_set("dense_4k", n, link_cycle(memory, order, n, dense), n);
  }
}

/* Sequential reads by one thread. */
static void bandwidth(const char *memory, size_t bytes) {
  double samples[8];
  int n = quick ? 3 : 8;
  for (int i = 0; i < n; i++) {
    uint64_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    const uint64_t *word = (const uint64_t *)memory, *end = word + bytes / 8;
    double t = now();
    for (; word < end; word += 32) for (int k = 0; k < 32; k += 4) { sum0 += word[k]; sum1 += word[k + 1]; sum2 += word[k + 2]; sum3 += word[k + 3]; }
    samples[i] = (now() - t) / bytes;
    sink = sum0 + sum1 + sum2 + sum3;
  }
  reading("read_stream", bytes, samples, n, "ns/byte");
}

static void memory(void) {
  size_t bytes = largest_set(), places = bytes / LINE;
  char *area = mmap(0, bytes + 2 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  uint32_t *order = malloc(places * sizeof *order);
  if (area == MAP_FAILED || order == 0) { missing("chase_4k", "not enough memory"); return; }
  area = (char *)(((uintptr_t)area + 2 * MIB - 1) & ~(uintptr_t)(2 * MIB - 1));
  madvise(area, bytes, MADV_NOHUGEPAGE);
  memset(area, 1, bytes);
  curve("chase_4k", area, order, bytes);
  reach(area, order, bytes);
  madvise(area, bytes, MADV_DONTNEED);
  madvise(area, bytes, MADV_HUGEPAGE);
  memset(area, 1, bytes);
  if (has_large_pages()) curve("chase_2m", area, order, bytes); else missing("chase_2m", "the kernel gave no transparent huge pages");
  bandwidth(area, bytes);
}

/* Counters are not used: whether there are any decides what the answer says about cycles and misses. */
static void counters(void) {
  struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE, .size = sizeof attr, .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1};
  int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
  if (fd < 0) {
    char why[96];
    snprintf(why, sizeof why, "perf_event_open: %s", strerror(errno));
    missing("counters", why);
    return;
  }
  close(fd);
  single("counters", 0, 1, "flag");
}
