// The hold model on std::priority_queue, ordered by (time, sequence): hold TABLES N EVENTS. TABLES holds 65536 doubles and 65536 int32.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

struct Event {
  double time;
  uint64_t seq;
  int32_t id;
};
struct Later {
  bool operator()(const Event &a, const Event &b) const { return a.time != b.time ? a.time > b.time : a.seq > b.seq; }
};

static const int TABLE = 65536;
static const uint64_t CHECKED = 100000;

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  std::vector<double> increments(TABLE);
  std::vector<int32_t> victims(TABLE);
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(increments.data(), 8, TABLE, file) != TABLE || fread(victims.data(), 4, TABLE, file) != TABLE) return 3;
  const int n = atoi(argv[2]);
  const uint64_t events = strtoull(argv[3], nullptr, 10);
  std::vector<Event> heap;
  heap.reserve(n * 2);
  std::priority_queue<Event, std::vector<Event>, Later> queue(Later(), std::move(heap));
  std::vector<uint64_t> live(n); // sequence number of the pending event of each id: an older one is cancelled
  uint64_t seq = 0, next = 0, delivered = 0;
  uint32_t checksum = 0;
  auto add = [&](int32_t id, double now) {
    live[id] = seq;
    queue.push({now + increments[next++ & (TABLE - 1)], seq++, id});
  };
  for (int id = 0; id < n; id++) add(id, 0);
  const uint64_t warm = events / 2 > (uint64_t)n ? events / 2 : n;
  timespec begin{}, end{};
  for (const uint64_t last = warm + events; delivered < last;) {
    if (delivered == warm && begin.tv_sec == 0) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    const Event event = queue.top();
    queue.pop();
    if (live[event.id] != event.seq) continue;
    add(event.id, event.time);
    const int32_t victim = victims[delivered & (TABLE - 1)];
    if (victim >= 0) add(victim, event.time);
    if (delivered < CHECKED) checksum = checksum * 31 + (uint32_t)event.id;
    delivered++;
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  const double seconds = (end.tv_sec - begin.tv_sec) + (end.tv_nsec - begin.tv_nsec) / 1e9;
  printf("{\"events\":%llu,\"cpuSeconds\":%.6f,\"checksum\":%d}\n", (unsigned long long)events, seconds, (int32_t)checksum);
  return 0;
}
