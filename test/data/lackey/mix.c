/* What traces seldom hold all at once: references across lines, read-modify-writes, locked instructions, 32-byte and 512-byte
   references, string instructions, conditional moves, a system call. No C library, so that the trace stays short.
   gcc -O2 -march=x86-64-v3 -fno-tree-loop-distribute-patterns -fno-stack-protector -nostdlib -static -o mix mix.c */
typedef unsigned long u64;
typedef long long vector __attribute__((vector_size(32), aligned(1)));

static char buffer[1 << 15] __attribute__((aligned(64)));
static u64 state = 42, counters[512];

static u64 next(void) {
  state = state * 6364136223846793005ul + 1442695040888963407ul;
  return state >> 33;
}

static void copy(char *to, const char *from, u64 bytes) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static void misaligned(int rounds) {
  for (int i = 0; i < rounds; i++) {
    char *at = buffer + next() % (sizeof buffer - 64);
    *(u64 *)at += i;                      /* a modify, often across lines */
    *(vector *)(at + 5) ^= (vector){1, 2, 3, 4};
    counters[next() & 511]++;
    __atomic_fetch_add(&counters[i & 511], 3, __ATOMIC_SEQ_CST);
    __sync_bool_compare_and_swap(&counters[next() & 511], 0, i);
  }
}

static void wide(void) {
  char *area = buffer + 4096;
  __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
  __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
  __asm__ volatile("fldt 24(%0); fstpt 57(%0)" : : "r"(area) : "memory");
  __asm__ volatile("cpuid" : : "a"(1), "c"(0) : "ebx", "edx", "memory");
}

static u64 sort(int n) {
  for (int i = 1; i < n; i++) {
    u64 key = counters[i];
    int j = i - 1;
    for (; j >= 0 && counters[j] > key; j--) counters[j + 1] = counters[j];
    counters[j + 1] = key;
  }
  return counters[n / 2];
}

void _start(void) {
  misaligned(1200);
  wide();
  for (int i = 0; i < 20; i++) copy(buffer + 13 * i, buffer + 4000 + 61 * i, 200);
  for (int i = 0; i < 512; i++) counters[i] = next() & 1023;
  u64 code = sort(80) & 0;
  __asm__ volatile("syscall" : : "a"(60), "D"(code));
}
