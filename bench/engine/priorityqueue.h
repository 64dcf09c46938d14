// An engine on std::priority_queue, ordered by (time, sequence number): the usual one of a simulator in C++.
#pragma once
#include <queue>
#include <utility>
#include <vector>
#include "handler.h"

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

struct Engine {
  std::priority_queue<Event, std::vector<Event>, Later> queue;
  std::vector<Handler *> handlers;
  std::vector<uint64_t> live; // 1 + sequence number of the pending event of each id: an older one is cancelled
  uint64_t seq = 0;
  bool cancelling;

  Engine(size_t n, bool cancels) : cancelling(cancels) {
    std::vector<Event> heap;
    heap.reserve(n * 2);
    queue = std::priority_queue<Event, std::vector<Event>, Later>(Later(), std::move(heap));
    if (cancels) live.resize(n);
  }
  void schedule(double time, uint16_t handler, uint16_t kind, int32_t arg) {
    queue.push({time, seq++, handler, kind, arg});
    if (cancelling) live[arg] = seq;
  }
  void cancel(int32_t arg) { live[arg] = 0; }
  void deliver() {
    for (;;) {
      const Event event = queue.top();
      queue.pop();
      if (cancelling && live[event.arg] != event.seq + 1) continue;
      handlers[event.handler]->onEvent(event.kind, event.arg, event.time);
      return;
    }
  }
};
