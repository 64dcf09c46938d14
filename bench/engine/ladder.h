// The engine of src/sim in C: nativeengine.ts, eventpool.ts, ladderqueue.ts and levels.ts, function by function under their names, where the
// comments are. Numbers of buckets are integers here, and a slot is named by its index.
#pragma once
#include <cmath>
#include <cstdlib>
#include <vector>
#include "handler.h"

struct Slot {
  double key;
  int32_t code, arg, next, serial;
};
struct Level {
  double limit, clamp, scale, width;
  int64_t shift, current, last;
};

static const double INF = INFINITY, MAX_TIME = 2251799813685247.0, MAX_NUMBER = 9007199254740992.0;
enum { TOP = 1, MAX_LEVELS = 24, SORT_ENTRIES = 24, BUCKETS = 131072, MIN_BUCKETS = 8, FIRST_BUCKETS = 1024 };
enum { SPILL_STEPS = 64, FIRST_SLOTS = 128, COMPACT_MIN = 256, CORE_RANK = 1, ALL = 0x3fffffff };
static const double TOP_OCCUPANCY = 0.25, OCCUPANCY = 4, GROWTH = 1.125;

struct Pool {
  Slot *slots = nullptr;
  int32_t count = 0, free = 0;
  uint32_t issued = 0, reaped = 0;

  Pool() {
    enlarge(FIRST_SLOTS);
    slots[0] = {INF, 0, 0, 0, 0};
  }
  int32_t allocate(int32_t code, int32_t arg) {
    if (free == 0) enlarge((int32_t)std::ceil(count * GROWTH));
    const int32_t id = free;
    free = ~slots[id].code;
    slots[id].code = code;
    slots[id].arg = arg;
    slots[id].serial = ++issued & 0xfffffff;
    return id;
  }
  uint64_t handle(int32_t id) const { return (uint64_t)(issued & 0xfffffff) << 25 | (uint32_t)id; }
  int32_t release(int32_t id) {
    slots[id].code = ~free;
    free = id;
    return slots[id].arg;
  }
  bool kill(uint64_t handle) {
    const int32_t id = handle & 0x1ffffff;
    if (id <= 0 || id >= count || slots[id].serial != (int32_t)(handle >> 25) || slots[id].code < 0) return false;
    slots[id].code = -1;
    return true;
  }
  void reap(int32_t id) {
    release(id);
    reaped++;
  }
  void enlarge(int32_t size) {
    slots = (Slot *)realloc(slots, size * sizeof(Slot));
    for (int32_t id = size - 1; id >= (count > 1 ? count : 1); id--) {
      slots[id].code = ~free;
      free = id;
    }
    count = size;
  }
};

struct LadderQueue {
  Pool &pool;
  int32_t first = 0, last = 0;
  int end = TOP + 1;
  std::vector<int32_t> heads;
  Level levels[MAX_LEVELS + 2] = {};

  explicit LadderQueue(Pool &p) : pool(p), heads(FIRST_BUCKETS) {
    levels[0].limit = INF;
    levels[TOP].limit = -INF;
    levels[TOP].current = -1;
    levels[TOP + 1].limit = -INF;
  }

  void push(double key, int32_t id) {
    pool.slots[id].key = key;
    int level = TOP;
    while (key < levels[level].limit) level++;
    if (level == end) return insert(id);
    const Level &at = levels[level];
    const int64_t bucket = (int64_t)((key < at.clamp ? key : at.clamp) * at.scale) + at.shift;
    pool.slots[id].next = heads[bucket];
    heads[bucket] = id;
  }

  bool refill() {
    for (;;) {
      Level &level = levels[end - 1];
      int64_t bucket = level.current + 1;
      while (bucket <= level.last && heads[bucket] == 0) bucket++;
      if (bucket > level.last) {
        level.limit = -INF;
        if (end - 1 == TOP) return false;
        end--;
        continue;
      }
      const bool top = end - 1 == TOP;
      level.limit = bucket == level.last ? (&level)[-1].limit : (bucket + 1 - level.shift) * level.width;
      if (!top) level.current = bucket;
      const int32_t rest = sort(heads[bucket], SORT_ENTRIES);
      heads[bucket] = 0;
      if (rest != 0) {
        if (divide(rest)) continue;
        sort(rest, ALL);
      }
      if (first == 0) continue;
      if (top) levels[TOP].limit = pool.slots[last].key;
      return true;
    }
  }

  void compact() {
    for (int level = TOP; level < end; level++)
      for (int64_t bucket = levels[level].current + 1; bucket <= levels[level].last; bucket++) heads[bucket] = livingOf(heads[bucket]);
    first = livingOf(first);
    for (int32_t id = first; id != 0; id = pool.slots[id].next) last = id;
  }

private:
  int32_t livingOf(int32_t list) {
    Slot *slots = pool.slots;
    int32_t head = 0, before = 0;
    for (int32_t id = list; id != 0;) {
      const int32_t after = slots[id].next;
      if (slots[id].code < 0) pool.reap(id);
      else {
        if (head == 0) head = id;
        else slots[before].next = id;
        before = id;
      }
      id = after;
    }
    if (before != 0) slots[before].next = 0;
    return head;
  }

  int32_t sort(int32_t list, int32_t most) {
    Slot *slots = pool.slots;
    int32_t head = first, tail = last, id = list;
    for (int32_t left = most; id != 0 && left > 0; left--) {
      const int32_t after = slots[id].next;
      if (slots[id].code < 0) pool.reap(id);
      else {
        const double key = slots[id].key;
        int32_t before = 0, at = head;
        while (slots[at].key < key) {
          before = at;
          at = slots[at].next;
        }
        slots[id].next = at;
        if (at == 0) tail = id;
        if (before == 0) head = id;
        else slots[before].next = id;
      }
      id = after;
    }
    first = head;
    last = tail;
    return id;
  }

  void insert(int32_t id) {
    Slot *slots = pool.slots;
    const double key = slots[id].key;
    if (key < slots[first].key) {
      slots[id].next = first;
      if (first == 0) last = id;
      first = id;
    } else if (key >= slots[last].key) {
      slots[id].next = 0;
      slots[last].next = id;
      last = id;
    } else insertBetween(id);
  }

  void insertBetween(int32_t id) {
    Slot *slots = pool.slots;
    const double key = slots[id].key;
    int32_t before = first, at = slots[before].next;
    for (int left = SPILL_STEPS; slots[at].key <= key; left--) {
      if (left == 0 && spill()) return push(key, id);
      before = at;
      at = slots[at].next;
    }
    slots[before].next = id;
    slots[id].next = at;
  }

  bool spill() {
    int count = 0;
    for (int32_t id = first; id != 0; id = pool.slots[id].next) count++;
    const int level = addLevel(count, pool.slots[first].key, pool.slots[last].key);
    if (level == 0) return false;
    const int32_t run = first;
    first = 0;
    spread(run, level);
    return true;
  }

  bool divide(int32_t rest) {
    Slot *slots = pool.slots;
    const int32_t run = first;
    double min = slots[run].key, max = run == 0 ? -INF : slots[last].key;
    int count = SORT_ENTRIES;
    for (int32_t id = rest; id != 0; id = slots[id].next) {
      const double key = slots[id].key;
      if (key < min) min = key;
      if (key > max) max = key;
      count++;
    }
    const int level = addLevel(count, min, max);
    if (level == 0) return false;
    if (level == TOP + 1) levels[TOP].limit = max;
    first = 0;
    spread(reversed(rest), level);
    spread(run, level);
    return true;
  }

  int32_t reversed(int32_t list) {
    int32_t head = 0;
    for (int32_t id = list; id != 0;) {
      const int32_t after = pool.slots[id].next;
      pool.slots[id].next = head;
      head = id;
      id = after;
    }
    return head;
  }

  void spread(int32_t list, int level) {
    Slot *slots = pool.slots;
    const double scale = levels[level].scale;
    const int64_t shift = levels[level].shift;
    for (int32_t id = list; id != 0;) {
      const int32_t after = slots[id].next;
      const int64_t bucket = (int64_t)(slots[id].key * scale) + shift;
      slots[id].next = heads[bucket];
      heads[bucket] = id;
      id = after;
    }
  }

  int addLevel(int count, double min, double max) {
    const int level = end;
    const double aim = count / (level == TOP + 1 ? TOP_OCCUPANCY : OCCUPANCY);
    const double most = aim < MIN_BUCKETS ? MIN_BUCKETS : aim > BUCKETS ? BUCKETS : aim;
    if (level > MAX_LEVELS || !addRung(level, min, max, most)) return 0;
    end = level + 1;
    if ((size_t)levels[level].last >= heads.size()) heads.resize(std::max((size_t)levels[level].last + 1, heads.size() * 2));
    return level;
  }

  bool addRung(int level, double min, double max, double most) {
    double scale = 1;
    while (max * scale >= MAX_NUMBER || (double)((int64_t)(max * scale) - (int64_t)(min * scale)) >= most) scale /= 2;
    const int64_t low = (int64_t)(min * scale), high = (int64_t)(max * scale);
    if (low == high) return false;
    const int64_t base = levels[level - 1].last + 1;
    levels[level] = {min, high / scale, scale, 1 / scale, base - low, base - 1, base + high - low};
    levels[level + 1].limit = -INF;
    return true;
  }
};

struct Engine {
  Pool pool;
  LadderQueue queue{pool};
  std::vector<Handler *> handlers;
  std::vector<uint64_t> handles; // of the pending event of each id, kept only when events are cancelled
  double now = 0;
  uint64_t executed = 0;
  uint32_t cancelled = 0;

  Engine(size_t n, bool cancels) : handles(cancels ? n : 0) {}

  void schedule(double time, uint16_t handler, uint16_t kind, int32_t arg) {
    if (!(time >= now && (double)(int64_t)time == time && time <= MAX_TIME)) abort();
    const int32_t id = pool.allocate(handler << 16 | kind, arg);
    queue.push(time * 4 + CORE_RANK, id);
    if (!handles.empty()) handles[arg] = pool.handle(id);
  }
  void cancel(int32_t arg) {
    if (!pool.kill(handles[arg])) return;
    const uint32_t dead = ++cancelled - pool.reaped;
    if (dead > COMPACT_MIN && dead > pool.issued - executed - cancelled) queue.compact();
  }
  void deliver() {
    for (;;) {
      if (queue.first == 0 && !queue.refill()) return;
      const int32_t id = queue.first;
      const Slot slot = pool.slots[id];
      queue.first = slot.next;
      if (slot.code < 0) {
        pool.reap(id);
        continue;
      }
      pool.release(id);
      now = (double)((int64_t)slot.key >> 2);
      executed++;
      handlers[slot.code >> 16]->onEvent(slot.code & 0xffff, slot.arg, now);
      return;
    }
  }
};
