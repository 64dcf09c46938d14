/* Small loops over data: products of matrices by tiles, a sort, a table looked up at random, a list followed. ROUNDS times; no C library, so
   that nothing but this is traced. gcc -O1 -nostdlib -static -fno-stack-protector -DROUNDS=1 */
enum { N = 48, TILE = 16, KEYS = 2048, SLOTS = 1 << 18 };
static double a[N][N], b[N][N], c[N][N];
static unsigned keys[KEYS], state = 2004, slots[SLOTS], links[SLOTS];

static unsigned next(void) { return (state = state * 1664525u + 1013904223u) >> 8; }

static void multiply(void) {
  for (int ii = 0; ii < N; ii += TILE)
    for (int kk = 0; kk < N; kk += TILE)
      for (int i = ii; i < ii + TILE; i++)
        for (int k = kk; k < kk + TILE; k++)
          for (int j = 0; j < N; j++) c[i][j] += a[i][k] * b[k][j];
}

static void sort(void) {
  for (int i = 0; i < KEYS; i++) keys[i] = next();
  for (int gap = 875; gap > 0; gap = gap * 4 / 9)
    for (int i = gap; i < KEYS; i++) {
      unsigned key = keys[i];
      int j = i;
      for (; j >= gap && keys[j - gap] > key; j -= gap) keys[j] = keys[j - gap];
      keys[j] = key;
    }
}

static unsigned look(int times) {
  unsigned found = 0;
  for (int i = 0; i < times; i++) {
    unsigned at = next() % SLOTS;
    found += slots[at];
    slots[at] = i;
  }
  return found;
}

static unsigned follow(int steps) {
  unsigned at = 0;
  for (int i = 0; i < steps; i++) at = links[at];
  return at;
}

void _start(void) {
  for (int i = 0; i < N * N; i++) (&a[0][0])[i] = (&b[0][0])[i] = i;
  for (unsigned i = 0; i < SLOTS; i++) links[i] = (i * 40503u + 12345u) % SLOTS;
  for (int round = 0; round < ROUNDS; round++) {
    multiply();
    sort();
    slots[0] += look(8000) + follow(16000);
  }
  __asm__ volatile("syscall" : : "a"(60), "D"(0));
}
