/* Remembers each distinct outcome that the search meets, and prints them all when the verifier ends, one a line:
 * OUTCOME operation first second before error after broken. */
#include <stdio.h>
#include <stdlib.h>

#define OUTCOMES 65536

static unsigned long long outcomes[OUTCOMES];

/* Bits from the top: 1, operation 7, its operands 4 and 4, mode before 4, error 8, mode after 4, broken invariants 32. */
static void printOutcomes(void)
{
  for (int i = 0; i < OUTCOMES; i++) {
    unsigned long long o = outcomes[i];
    if (o == 0) continue;
    printf("OUTCOME %d %d %d %d %d %d %u\n", (int)(o >> 56 & 127), (int)(o >> 52 & 15), (int)(o >> 48 & 15),
      (int)(o >> 44 & 15), (int)(o >> 36 & 255), (int)(o >> 32 & 15), (unsigned)o);
  }
}

static void observe(int operation, int first, int second, int before, int error, int after, unsigned broken)
{
  static int started = 0;
  unsigned long long key = 1ULL << 63 | (unsigned long long)operation << 56 | (unsigned long long)first << 52 |
    (unsigned long long)second << 48 | (unsigned long long)before << 44 | (unsigned long long)error << 36 |
    (unsigned long long)after << 32 | broken;
  unsigned slot = (unsigned)((key * 0x9E3779B97F4A7C15ULL) >> 48) % OUTCOMES;
  if (!started) { started = 1; atexit(printOutcomes); }
  while (outcomes[slot] != 0 && outcomes[slot] != key) slot = (slot + 1) % OUTCOMES;
  outcomes[slot] = key;
}
