// The hold model on std::priority_queue, ordered by (time, sequence): hold TABLES CANCEL N EVENTS. TABLES holds 65536 doubles and 65536
// int32; CANCEL is 1 for the variant that cancels. Events go to a handler by its number, with a kind and an argument, as in our engine.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

struct Event {
  double time;
  uint64_t seq;
  uint16_t handler;
  uint16_t kind;
  int32_t arg;
};
struct Later {
  bool operator()(const Event &a, const Event &b) const { return a.time != b.time ? a.time > b.time : a.seq > b.seq; }
};
struct Handler {
  virtual ~Handler() = default;
  virtual void onEvent(int kind, int32_t arg, double now) = 0;
};

static const int TABLE = 65536;
static const uint64_t CHECKED = 100000;

struct Engine {
  std::priority_queue<Event, std::vector<Event>, Later> queue;
  std::vector<Handler *> handlers;
  std::vector<uint64_t> live; // sequence number of the pending event of each id: an older one is cancelled
  uint64_t seq = 0;
  bool cancelling;

  Engine(size_t n, bool cancels) : cancelling(cancels) {
    std::vector<Event> heap;
    heap.reserve(n * 2);
    queue = std::priority_queue<Event, std::vector<Event>, Later>(Later(), std::move(heap));
    if (cancels) live.resize(n);
  }
  void schedule(double time, uint16_t handler, uint16_t kind, int32_t arg) {
    if (cancelling) live[arg] = seq;
    queue.push({time, seq++, handler, kind, arg});
  }
  void deliver() {
    for (;;) {
      const Event event = queue.top();
      queue.pop();
      if (cancelling && live[event.arg] != event.seq) continue;
      handlers[event.handler]->onEvent(event.kind, event.arg, event.time);
      return;
    }
  }
};

struct Hold : Handler {
  Engine &engine;
  const std::vector<double> &increments;
  const std::vector<int32_t> &victims;
  uint64_t next = 0, delivered = 0;
  uint32_t checksum = 0;

  Hold(Engine &e, const std::vector<double> &i, const std::vector<int32_t> &v) : engine(e), increments(i), victims(v) {}
  void add(int32_t id, double now) { engine.schedule(now + increments[next++ & (TABLE - 1)], 0, 0, id); }
  void onEvent(int, int32_t id, double now) override {
    add(id, now);
    if (engine.cancelling) {
      const int32_t victim = victims[delivered & (TABLE - 1)];
      if (victim >= 0) add(victim, now);
    }
    checksum = checksum * 31 + (uint32_t)id;
    delivered++;
  }
};

static double cpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  std::vector<double> increments(TABLE);
  std::vector<int32_t> victims(TABLE);
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(increments.data(), 8, TABLE, file) != TABLE || fread(victims.data(), 4, TABLE, file) != TABLE) return 3;
  const int n = atoi(argv[3]);
  const uint64_t events = strtoull(argv[4], nullptr, 10);
  Engine engine(n, atoi(argv[2]) == 1);
  Hold hold(engine, increments, victims);
  engine.handlers.push_back(&hold);
  for (int id = 0; id < n; id++) hold.add(id, 0);
  while (hold.delivered < CHECKED) engine.deliver();
  const uint32_t checksum = hold.checksum;
  const uint64_t warm = CHECKED + events / 2;
  while (hold.delivered < warm) engine.deliver();
  const double begin = cpuSeconds();
  while (hold.delivered < warm + events) engine.deliver();
  const double seconds = cpuSeconds() - begin;
  printf("{\"events\":%llu,\"cpuSeconds\":%.6f,\"checksum\":%d}\n", (unsigned long long)events, seconds, (int32_t)checksum);
  return 0;
}
