// The caches of src/hw/cachegrind/caches.ts in C, on a decoded trace: replay WORDS REFERENCES PASSES I1SETS I1WAYS D1SETS D1WAYS LLSETS LLWAYS,
// all with lines of one length. Prints one line of JSON, a Measured of harness.ts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "../engine/clock.h"

struct Cache {
  int32_t *tags, mask, ways;

  Cache(int sets, int w) : tags((int32_t *)malloc(sizeof(int32_t) * sets * w)), mask(sets - 1), ways(w) {
    memset(tags, 0xff, sizeof(int32_t) * sets * w);
    tags[0] = 0;
  }
  bool reference(int32_t key) {
    int32_t *set = tags + (key & mask) * ways;
    int32_t moved = set[0];
    if (moved == key) return true;
    set[0] = key;
    for (int way = 1; way < ways; way++) {
      const int32_t tag = set[way];
      set[way] = moved;
      if (tag == key) return true;
      moved = tag;
    }
    return false;
  }
};

static bool both(Cache &cache, int32_t low, int32_t high) {
  const bool isHit = cache.reference(low);
  return low == high ? isHit : cache.reference(high) && isHit;
}

struct Caches {
  Cache i1, d1, ll;
  long misses[3] = {}, lastMisses[3] = {};

  void miss(int kind, int32_t low, int32_t high) {
    misses[kind]++;
    if (!both(ll, low, high)) lastMisses[kind]++;
  }
  void run(const uint32_t *words, int length) {
    for (int at = 0; at < length; at++) {
      const int kind = words[at] & 3;
      const int32_t block = words[at] >> 2;
      if (kind == 0) {
        if (!i1.reference(block)) miss(kind, block, block);
      } else if (kind != 3) {
        if (!d1.reference(block)) miss(kind, block, block);
      } else {
        const int which = words[at + 1] & 3;
        const int32_t low = words[at + 1] >> 2, high = words[at + 2] >> 2;
        if (!both(which == 0 ? i1 : d1, low, high)) miss(which, low, high);
        at += 2;
      }
    }
  }
};

int main(int argc, char **argv) {
  if (argc != 10) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) return 3;
  const int length = ftell(file) / 4, passes = atoi(argv[3]);
  rewind(file);
  uint32_t *words = (uint32_t *)malloc(4l * length);
  if (fread(words, 4, length, file) != (size_t)length) return 3;
  Caches caches = {{atoi(argv[4]), atoi(argv[5])}, {atoi(argv[6]), atoi(argv[7])}, {atoi(argv[8]), atoi(argv[9])}};
  caches.run(words, length);
  const long *m = caches.misses, *l = caches.lastMisses;
  char outcome[200];
  snprintf(outcome, sizeof outcome, "%ld %ld %ld %ld %ld %ld", m[0], l[0], m[1], l[1], m[2], l[2]);
  const double begin = cpuSeconds();
  for (int pass = 0; pass < passes; pass++) caches.run(words, length);
  const double seconds = cpuSeconds() - begin;
  printf("{\"events\":%ld,\"cpuSeconds\":%.6f,\"outcome\":\"%s\"}\n", atol(argv[2]) * passes, seconds, outcome);
  return 0;
}
