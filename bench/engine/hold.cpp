// The hold model on the engine of the header ENGINE: hold TABLES CANCEL N EVENTS. TABLES holds 65536 doubles and 65536 int32; CANCEL is 1 for
// the variant that cancels. Prints one line of JSON, a Measured of harness.ts.
#include <cstdio>
#include <cstdlib>
#include <vector>
#include ENGINE
#include "clock.h"

static const int TABLE = 65536;
static const uint64_t CHECKED = 100000;

struct Hold : Handler {
  Engine &engine;
  const bool cancels;
  const std::vector<double> &increments;
  const std::vector<int32_t> &victims;
  uint64_t next = 0, delivered = 0;
  uint32_t checksum = 0;

  Hold(Engine &e, bool c, const std::vector<double> &i, const std::vector<int32_t> &v) : engine(e), cancels(c), increments(i), victims(v) {}
  void add(int32_t id, double now) { engine.schedule(now + increments[next++ & (TABLE - 1)], 0, 0, id); }
  void onEvent(int, int32_t id, double now) override {
    add(id, now);
    if (cancels) {
      const int32_t victim = victims[delivered & (TABLE - 1)];
      if (victim >= 0) {
        engine.cancel(victim);
        add(victim, now);
      }
    }
    checksum = checksum * 31 + (uint32_t)id;
    delivered++;
  }
};

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  std::vector<double> increments(TABLE);
  std::vector<int32_t> victims(TABLE);
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(increments.data(), 8, TABLE, file) != TABLE || fread(victims.data(), 4, TABLE, file) != TABLE) return 3;
  const bool cancels = atoi(argv[2]) == 1;
  const int n = atoi(argv[3]);
  const uint64_t events = strtoull(argv[4], nullptr, 10);
  Engine engine(n, cancels);
  Hold hold(engine, cancels, increments, victims);
  engine.handlers.push_back(&hold);
  for (int id = 0; id < n; id++) hold.add(id, 0);
  while (hold.delivered < CHECKED) engine.deliver();
  const uint32_t checksum = hold.checksum;
  const uint64_t warm = CHECKED + events / 2;
  while (hold.delivered < warm) engine.deliver();
  const double begin = cpuSeconds();
  while (hold.delivered < warm + events) engine.deliver();
  const double seconds = cpuSeconds() - begin;
  printf("{\"events\":%llu,\"cpuSeconds\":%.6f,\"outcome\":\"%d\"}\n", (unsigned long long)events, seconds, (int32_t)checksum);
  return 0;
}
