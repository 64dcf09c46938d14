/* Product of two matrices in the order that misses most, then by tiles.
   gcc -O1 -nostdlib -static -fno-stack-protector -o matrix matrix.c */
enum { N = 12, TILE = 4, STRIDE = 64 };
static double a[N][STRIDE], b[N][STRIDE], c[N][STRIDE];

static void plain(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
}

static void tiled(void) {
  for (int ii = 0; ii < N; ii += TILE)
    for (int kk = 0; kk < N; kk += TILE)
      for (int i = ii; i < ii + TILE; i++)
        for (int k = kk; k < kk + TILE; k++)
          for (int j = 0; j < N; j++) c[i][j] += a[i][k] * b[k][j];
}

void _start(void) {
  for (int i = 0; i < N * STRIDE; i++) (&a[0][0])[i] = (&b[0][0])[i] = i;
  plain();
  tiled();
  __asm__ volatile("syscall" : : "a"(60), "D"(0));
}
