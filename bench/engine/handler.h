// What an engine delivers to: events go to a handler by its number, with a kind and an argument, as in ours.
#pragma once
#include <cstddef>
#include <cstdint>

struct Handler {
  virtual ~Handler() = default;
  virtual void onEvent(int kind, int32_t arg, double now) = 0;
};
