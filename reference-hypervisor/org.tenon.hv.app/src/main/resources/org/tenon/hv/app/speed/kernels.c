// Compute kernels for measuring an engine. Each round of each kernel is announced on COM1, and its checksum printed, so
// that the host can time it and compare the results: "begin NAME", "end NAME CHECKSUM".
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

#define NOINLINE __attribute__((noinline))
#define SIZE (1 << 16)

static u8 bytes[SIZE];
static u8 copy[SIZE];
static u32 words[SIZE];
static u64 limbs[3][256];
static double a[64][64], b[64][64], c[64][64];
static struct entry { u64 key, value; struct entry *next; } entries[8192], *buckets[4096];

static void out(unsigned short port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static u8 in(unsigned short port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static void put(char ch) {
  while (!(in(0x3fd) & 0x20)) {
  }
  out(0x3f8, ch);
}

static void print(const char *text) {
  while (*text) put(*text++);
}

static void print_hex(u64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 15]);
}

void *memset(void *to, int value, u64 n) {
  for (u8 *p = to; n--;) *p++ = value;
  return to;
}

void *memcpy(void *to, const void *from, u64 n) {
  u8 *p = to;
  for (const u8 *q = from; n--;) *p++ = *q++;
  return to;
}

static u64 next_random(u64 *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  return *state ^= *state << 17;
}

static u32 rotate(u32 x, int n) { return x >> n | x << (32 - n); }

static u32 round_constants[64];

static NOINLINE void sha256_block(u32 *h, const u8 *p) {
  u32 w[64], v[8];
  for (int i = 0; i < 16; i++) w[i] = p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    u32 s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    u32 s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  for (int i = 0; i < 8; i++) v[i] = h[i];
  for (int i = 0; i < 64; i++) {
    u32 s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
    u32 t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] + w[i];
    u32 s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
    u32 t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    for (int k = 7; k > 0; k--) v[k] = v[k - 1];
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) h[i] += v[i];
}

// The rounds of SHA-256; its constants do not matter for speed and are made up.
static u64 sha256(void) {
  u32 h[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  for (int k = 0; k < 60; k++)
    for (int i = 0; i < SIZE; i += 64) sha256_block(h, bytes + i);
  return (u64)h[0] << 32 | h[7];
}

static u64 crc32(void) {
  static u32 table[256];
  for (u32 i = 0; i < 256; i++) {
    u32 x = i;
    for (int k = 0; k < 8; k++) x = x >> 1 ^ (x & 1 ? 0xedb88320 : 0);
    table[i] = x;
  }
  u32 crc = ~0u;
  for (int k = 0; k < 600; k++)
    for (int i = 0; i < SIZE; i++) crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
  return ~crc;
}

static NOINLINE u64 multiply_add(u64 *r, const u64 *x, int n, u64 y) {
  u64 carry = 0;
  for (int i = 0; i < n; i++) {
    unsigned __int128 t = (unsigned __int128)x[i] * y + r[i] + carry;
    r[i] = t;
    carry = t >> 64;
  }
  return carry;
}

static u64 bignum(void) {
  u64 sum = 0;
  for (int k = 0; k < 2000; k++) {
    for (int i = 0; i < 128; i++) limbs[2][i] = limbs[2][i + 128] = 0;
    for (int i = 0; i < 128; i++) limbs[2][i + 128] = multiply_add(limbs[2] + i, limbs[0], 128, limbs[1][i] + k);
    sum += limbs[2][77] ^ limbs[2][200];
  }
  return sum;
}

static NOINLINE void sort_range(u32 *v, long low, long high) {
  while (low < high) {
    u32 pivot = v[(low + high) / 2];
    long i = low, j = high;
    while (i <= j) {
      while (v[i] < pivot) i++;
      while (v[j] > pivot) j--;
      if (i <= j) {
        u32 t = v[i];
        v[i++] = v[j];
        v[j--] = t;
      }
    }
    if (j - low < high - i) {
      sort_range(v, low, j);
      low = i;
    } else {
      sort_range(v, i, high);
      high = j;
    }
  }
}

static u64 quicksort(void) {
  u64 seed = 99, sum = 0;
  for (int k = 0; k < 20; k++) {
    for (int i = 0; i < SIZE; i++) words[i] = next_random(&seed);
    sort_range(words, 0, SIZE - 1);
    sum += words[SIZE / 3];
  }
  return sum;
}

static NOINLINE u64 length(const u8 *s) {
  const u8 *p = s;
  while (*p) p++;
  return p - s;
}

static NOINLINE void copy_string(u8 *to, const u8 *from) {
  while ((*to++ = *from++)) {
  }
}

static u64 strings(void) {
  u64 sum = 0;
  for (int k = 0; k < 700; k++)
    for (int i = 0; i < SIZE - 1; i += 1 + length(bytes + i)) {
      copy_string(copy + i, bytes + i);
      sum += copy[i] + i;
    }
  return sum;
}

static u64 hash_table(void) {
  u64 seed = 7, sum = 0;
  for (int i = 0; i < 4096; i++) buckets[i] = 0;
  for (int i = 0; i < 8192; i++) {
    struct entry *e = &entries[i];
    e->key = next_random(&seed);
    e->value = i;
    e->next = buckets[e->key & 4095];
    buckets[e->key & 4095] = e;
  }
  for (int k = 0; k < 1000; k++)
    for (int i = 0; i < 8192; i++) {
      u64 key = entries[(i * 2654435761u) & 8191].key + (k & 1);
      for (struct entry *e = buckets[key & 4095]; e; e = e->next)
        if (e->key == key) sum += e->value;
    }
  return sum;
}

static u64 matrix(void) {
  double trace = 0;
  for (int k = 0; k < 90; k++) {
    for (int i = 0; i < 64; i++)
      for (int j = 0; j < 64; j++) a[i][j] = i * 0.7 + j + k, b[i][j] = i - j * 0.3, c[i][j] = 0;
    for (int i = 0; i < 64; i++)
      for (int l = 0; l < 64; l++)
        for (int j = 0; j < 64; j++) c[i][j] += a[i][l] * b[l][j];
    for (int i = 0; i < 64; i++) trace += c[i][i];
  }
  return (u64)trace;
}

static NOINLINE u64 fib(u64 n) {
  u64 sum = 0;
  for (; n >= 2; n -= 2) sum += fib(n - 1);
  return sum + n;
}

static u64 fibonacci(void) { return fib(36); }

static u64 sieve(void) {
  u64 count = 0;
  for (int k = 0; k < 400; k++) {
    for (int i = 0; i < SIZE; i++) copy[i] = 1;
    for (u32 i = 2; i < SIZE; i++)
      if (copy[i]) {
        count++;
        for (u32 j = 2 * i; j < SIZE; j += i) copy[j] = 0;
      }
  }
  return count;
}

static const struct { const char *name; u64 (*run)(void); } kernels[] = {
    {"sha256", sha256},   {"crc32", crc32},           {"bignum", bignum}, {"quicksort", quicksort}, {"strings", strings},
    {"hash-table", hash_table}, {"matrix", matrix}, {"fibonacci", fibonacci}, {"sieve", sieve},
};

void run(void) {
  u64 seed = 12345;
  for (int i = 0; i < SIZE; i++) bytes[i] = next_random(&seed) % 100 ? 'a' + i % 26 : 0;
  bytes[SIZE - 1] = 0;
  for (int i = 0; i < 64; i++) round_constants[i] = next_random(&seed);
  for (int i = 0; i < 256; i++) limbs[0][i] = next_random(&seed), limbs[1][i] = next_random(&seed);
  for (u64 k = 0; k < sizeof kernels / sizeof *kernels; k++)
    for (int round = 0; round < ROUNDS; round++) {
      print("begin "), print(kernels[k].name), put('\n');
      u64 result = kernels[k].run();
      print("end "), print(kernels[k].name), put(' '), print_hex(result), put('\n');
    }
}
