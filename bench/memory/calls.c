/* Much code: 256 functions of some 40 instructions, called in random order with records of 64 bytes to work on, as a server calls its own.
   ROUNDS times; no C library. gcc -O1 -nostdlib -static -fno-stack-protector -DROUNDS=1 */
typedef unsigned (*task)(unsigned *, unsigned);
enum { RECORDS = 1 << 13, CALLS = 30000 };
static unsigned records[RECORDS][16], state = 2004;

static unsigned next(void) { return (state = state * 1664525u + 1013904223u) >> 8; }

#define BODY(n)                                                             \
  static unsigned task##n(unsigned *r, unsigned x) {                        \
    r[0] += x ^ (n * 2654435761u), r[1] = r[2] * 31 + r[3] + n;             \
    r[4] ^= r[5] >> (n & 15), r[6] += r[1] * (n | 1), r[7] -= r[6] + r[4];  \
    if (r[7] & 1) r[8] += r[9] + n, r[10] ^= r[8] * 17;                     \
    else r[11] -= r[12] ^ n, r[13] += r[11] * 13;                           \
    return r[14] += r[0] + r[15] * n;                                       \
  }
#define FOUR(m, n) m(n##0) m(n##1) m(n##2) m(n##3)
#define SIXTEEN(m, n) FOUR(m, n##0) FOUR(m, n##1) FOUR(m, n##2) FOUR(m, n##3)
#define ALL(m, n) SIXTEEN(m, n##0) SIXTEEN(m, n##1) SIXTEEN(m, n##2) SIXTEEN(m, n##3)
#define NAME(n) task##n,
ALL(BODY, 01) ALL(BODY, 02) ALL(BODY, 03) ALL(BODY, 04)
static const task tasks[] = {ALL(NAME, 01) ALL(NAME, 02) ALL(NAME, 03) ALL(NAME, 04)};

void _start(void) {
  for (int round = 0; round < ROUNDS; round++)
    for (int call = 0; call < CALLS; call++) {
      unsigned x = next();
      tasks[x % 256](records[next() % RECORDS], x);
    }
  __asm__ volatile("syscall" : : "a"(60), "D"(0));
}
