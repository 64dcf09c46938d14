// The closed M/M/c by hand on std::priority_queue: mmc TABLES CLIENTS SERVERS JOBS. TABLES holds 65536 think and 65536 service times, doubles.
// Prints one line of JSON, a Measured of harness.ts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <vector>
#include "clock.h"

struct Event {
  double time;
  uint64_t seq;
  int32_t client;
  bool leaves;
};
struct Later {
  bool operator()(const Event &a, const Event &b) const { return a.time != b.time ? a.time > b.time : a.seq > b.seq; }
};

static const int TABLE = 65536;
static double thinks[TABLE], services[TABLE];

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(thinks, 8, TABLE, file) != TABLE || fread(services, 8, TABLE, file) != TABLE) return 3;
  const int clients = atoi(argv[2]);
  const uint64_t events = strtoull(argv[4], nullptr, 10), warm = events / 2;
  int free = atoi(argv[3]), head = 0, length = 0;
  std::priority_queue<Event, std::vector<Event>, Later> queue;
  std::vector<double> arrived(clients), needs(clients);
  std::vector<int32_t> waiting(clients);
  uint64_t seq = 0, thought = 0, served = 0;
  uint64_t done = 0;
  double response = 0, now = 0, begin = 0;
  for (int client = 0; client < clients; client++) queue.push({thinks[thought++ & (TABLE - 1)], seq++, client, false});
  while (done < warm + events) {
    const Event event = queue.top();
    const int client = event.client;
    queue.pop();
    now = event.time;
    if (!event.leaves) {
      arrived[client] = now;
      const double need = services[served++ & (TABLE - 1)];
      if (free > 0) {
        free--;
        queue.push({now + need, seq++, client, true});
      } else {
        needs[client] = need;
        const int place = head + length++;
        waiting[place < clients ? place : place - clients] = client;
      }
    } else {
      if (length == 0) free++;
      else {
        const int next = waiting[head];
        head = head + 1 < clients ? head + 1 : 0;
        length--;
        queue.push({now + needs[next], seq++, next, true});
      }
      queue.push({now + thinks[thought++ & (TABLE - 1)], seq++, client, false});
      response += now - arrived[client];
      if (++done == warm) begin = cpuSeconds();
    }
  }
  printf("{\"events\":%llu,\"cpuSeconds\":%.6f,\"outcome\":\"%.0f/%.0f\"}\n", (unsigned long long)events, cpuSeconds() - begin, now, response);
  return 0;
}
