// The memory system of machine.ts in C: memoryport.ts, exactlines.ts, missrun.ts, hierarchy.ts, lastlevels.ts, directory.ts, setassoc.ts,
// tlb.ts, tlbstore.ts, walker.ts, ledger.ts of src/hw for one core, in the same layouts, to the same cycle. Usage: hierarchy STREAM PASSES; prints one line of
// JSON, a Measured of harness.ts.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "../engine/clock.h"

enum { PAGE_BITS = 6, FLAG_BITS = 6, TAG = 1 << 19, LEVELS = 4, LEVEL_BITS = 9, LEVEL_SHIFT = 12 };
enum { EMPTY = -1, HOLDER = 511, MODIFIED = 512, STALE = 1024 };
enum { L2_CYCLES = 10, LLC_CYCLES = 46, MEMORY_CYCLES = 210, STLB_CYCLES = 7, LOAD_CYCLES = 4 };
enum { L1, L2, LLC, REMOTE, DRAM, SERVED };
// OVERLAP of machine.ts: by level the others among which a lone miss is spread; lines on their way at once; cycles between two lines.
static const double LONE[] = {0, 1.0 / 3, 1 / 2.0, 1 / 1.7, 1 / 1.5}, FILLS = 1 / 5.0, LINE_CYCLES = 2;

// Ways of a set in order of recency.
struct Store {
  int32_t *tags, mask, ways;

  Store(int sets, int w) : tags((int32_t *)malloc(sizeof(int32_t) * sets * w)), mask(sets - 1), ways(w) {
    memset(tags, 0xff, sizeof(int32_t) * sets * w);
  }
  int32_t swap(int32_t key) {
    int32_t *set = tags + (key & mask) * ways;
    int32_t moved = set[0];
    if (moved == key) return key;
    set[0] = key;
    for (int way = 1; way < ways; way++) {
      const int32_t tag = set[way];
      set[way] = moved;
      if (tag == key) return key;
      moved = tag;
    }
    return moved;
  }
  bool remove(int32_t key) {
    int32_t *set = tags + (key & mask) * ways;
    for (int way = 0; way < ways; way++) {
      if (set[way] != key) continue;
      for (; way < ways - 1; way++) set[way] = set[way + 1];
      set[ways - 1] = EMPTY;
      return true;
    }
    return false;
  }
};

// The same with an entry next to each key.
struct TlbStore {
  struct Pair {
    int32_t key, entry;
  } * pairs;
  int32_t mask, ways;

  TlbStore(int sets, int w) : pairs((Pair *)malloc(sizeof(Pair) * sets * w)), mask(sets - 1), ways(w) {
    memset(pairs, 0xff, sizeof(Pair) * sets * w);
  }
  static void front(Pair *set, int way, Pair pair) {
    for (; way > 0; way--) set[way] = set[way - 1];
    set[0] = pair;
  }
  int32_t access(int32_t key) {
    Pair *set = pairs + (key & mask) * ways;
    if (set[0].key == key) return set[0].entry;
    for (int way = 1; way < ways; way++) {
      if (set[way].key != key) continue;
      front(set, way, set[way]);
      return set[0].entry;
    }
    return 0;
  }
  void fill(int32_t key, int32_t entry) { front(pairs + (key & mask) * ways, ways - 1, {key, entry}); }
};

static Store l1i(64, 8), l1d(64, 8), l2(1024, 16), llc(32768, 16);
static TlbStore dtlb(16, 4), stlb(128, 12), walkCache(8, 4);
static int32_t *sharers;
static uint16_t *state;
static const int32_t *pages;
static double now, carry, cycles[2];
static long walks, references, writes, served[SERVED];
static int lastLevel, dataVpn = -1, dataFrame;

// Directory, of core 0.
static bool isStale(int32_t line) { return state[line] & STALE; }
static int holder(int32_t line) { return (state[line] & HOLDER) - 1; }
static bool isHeld(int32_t line) { return holder(line) >= 0 || sharers[line] != 0; }
static void enter(int32_t line) {
  if (holder(line) != 0) sharers[line] |= 1;
}
static void leave(int32_t line) {
  if (holder(line) == 0) state[line] &= STALE;
  else sharers[line] &= ~1;
}

static void writeBack(int32_t line) {
  state[line] &= ~(STALE | MODIFIED);
  writes++;
}

static bool take(int32_t line) {
  const int32_t victim = llc.swap(line);
  if (victim == line) return true;
  if (victim == EMPTY) return false;
  if (isHeld(victim)) {
    l1d.remove(victim);
    l1i.remove(victim);
    l2.remove(victim);
    leave(victim);
  }
  if (isStale(victim)) writeBack(victim);
  return false;
}

static double alone(int32_t line) {
  double latency = LLC_CYCLES;
  lastLevel = LLC;
  if (!take(line)) {
    lastLevel = DRAM;
    latency += MEMORY_CYCLES;
  }
  state[line] = 1 | (isStale(line) ? MODIFIED | STALE : 0);
  return latency;
}

static double beyond(int32_t line, int32_t victim) {
  if (victim != EMPTY) {
    l1d.remove(victim);
    l1i.remove(victim);
    leave(victim);
  }
  if (isHeld(line)) abort(); // no second core here
  const double latency = alone(line);
  enter(line);
  return latency;
}

static double miss(int32_t line) {
  double latency = L2_CYCLES;
  lastLevel = L2;
  const int32_t victim = l2.swap(line);
  if (victim != line) latency = beyond(line, victim);
  return latency;
}

static double dataMiss(int32_t line, bool write, bool isHeld) {
  const double latency = isHeld ? 0 : miss(line);
  if (!write) return latency;
  if (holder(line) != 0) abort(); // no second core here
  state[line] = 1 | MODIFIED | STALE;
  return latency;
}

static void charge(int cause, double stall) {
  const double due = stall + carry, whole = (double)(int64_t)due;
  carry = due - whole;
  cycles[cause] += whole;
  now += whole;
}

// Of two numbers; fmin and fmax would be calls.
static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

// Stalls of the misses of one run.
static struct MissRun {
  double missed[SERVED];
  bool isFresh = true;

  void begin() {
    if (isFresh) return;
    for (int level = L2; level < SERVED; level++) missed[level] = 0;
    isFresh = true;
  }
  double miss(int level, double latency) {
    isFresh = false;
    for (int nearer = L2; nearer <= level; nearer++) missed[nearer]++;
    const double count = missed[level], first = latency * LONE[level];
    const double pace = least(first, most(latency * FILLS, LINE_CYCLES));
    const double before = count > 1 ? most(first, (count - 1) * pace) : 0;
    return most(first, count * pace) - before;
  }
} data;

static double load(int32_t line) {
  references++;
  return LOAD_CYCLES + (l1d.swap(line) == line ? 0 : dataMiss(line, false, false));
}

static int32_t cacheKey(int vpn, int level) { return ((vpn >> (LEVEL_BITS * level)) | (level << LEVEL_SHIFT)) + TAG; }

static double walk(int vpn) {
  int known = 1;
  double latency = 0;
  while (known < LEVELS && walkCache.access(cacheKey(vpn, known)) == 0) known++;
  for (int level = known - 1; level >= 0; level--) {
    latency += load(pages[5 * vpn + 1 + level]);
    if (level > 0) walkCache.fill(cacheKey(vpn, level), 1);
  }
  return latency;
}

static int32_t translate(int vpn) {
  const int32_t key = vpn + TAG;
  int32_t entry = dtlb.access(key);
  if (entry != 0) return entry;
  double stall = STLB_CYCLES;
  entry = stlb.access(key);
  if (entry != 0) dtlb.fill(key, entry);
  else {
    entry = pages[5 * vpn];
    dtlb.fill(key, entry);
    stlb.fill(key, entry);
    walks++;
    stall += walk(vpn);
  }
  charge(0, stall);
  return entry;
}

static void touchLines(int32_t from, int32_t to, bool write) {
  data.begin();
  for (int32_t line = from; line < to; line++) {
    const bool isHit = l1d.swap(line) == line;
    if (isHit && (!write || state[line] == (1 | MODIFIED | STALE))) continue;
    const double stall = dataMiss(line, write, isHit);
    if (stall == 0) continue;
    served[lastLevel]++;
    charge(1, data.miss(lastLevel, stall));
  }
}

static void touch(int32_t first, int32_t lines, bool write) {
  const int32_t end = first + lines;
  for (int32_t line = first; line < end;) {
    const int vpn = line >> PAGE_BITS;
    const int32_t next = (vpn + 1) << PAGE_BITS, to = next < end ? next : end;
    if (vpn != dataVpn) {
      dataFrame = translate(vpn) >> FLAG_BITS;
      dataVpn = vpn;
    }
    const int32_t physical = (dataFrame - vpn) << PAGE_BITS;
    touchLines(line + physical, to + physical, write);
    line = next;
  }
}

static long run(const int32_t *stream, int operations) {
  long accesses = 0;
  for (int at = 0; at < 2 * operations; at += 2) {
    touch(stream[at] >> 1, stream[at + 1], stream[at] & 1);
    accesses += stream[at + 1];
  }
  return accesses;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  FILE *file = fopen(argv[1], "rb");
  int32_t head[3];
  if (!file || fread(head, 4, 3, file) != 3) return 3;
  int32_t *entries = (int32_t *)malloc(20 * head[1]), *stream = (int32_t *)malloc(8l * head[2]);
  if (fread(entries, 20, head[1], file) != (size_t)head[1] || fread(stream, 8, head[2], file) != (size_t)head[2]) return 3;
  pages = entries;
  sharers = (int32_t *)calloc(head[0], sizeof(int32_t));
  state = (uint16_t *)calloc(head[0], sizeof(uint16_t));
  const int passes = atoi(argv[2]);
  run(stream, head[2]);
  const double begin = cpuSeconds();
  long accesses = 0;
  for (int pass = 0; pass < passes; pass++) accesses += run(stream, head[2]);
  const double seconds = cpuSeconds() - begin;
  printf("{\"events\":%ld,\"cpuSeconds\":%.6f,\"outcome\":\"%ld,%ld", accesses, seconds, walks, references);
  for (int level = L1; level < SERVED; level++) printf(",%ld", served[level]);
  printf(",%ld,%.0f\"}\n", writes, now);
  return 0;
}
