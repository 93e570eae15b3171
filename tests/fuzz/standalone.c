/* Runs a target on its own inputs, on those cut off at every length, and on mutations of them:
 * bytes changed, inserted, removed, repeated, joined. usage: PROGRAM [TIMES [SEED]], or PROGRAM
 * FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { ROOM = 1 << 16, MAX_CUT = 4096 };

static uint64_t state;

static size_t below(size_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return n ? (size_t)(state >> 33) % n : 0;
}

static size_t change(uint8_t *x, size_t n)
{
    static const uint8_t special[] = {0,   1,   0x7f, 0x80, 0xff, '0', '9', '-', ',',  ':',  '.',
                                      ' ', '(', ')',  '[',  ']',  '{', '}', '"', '\'', '\\', '\n'};
    size_t at = below(n + 1), len = 1 + below(8);
    switch (below(6)) {
    case 0:
        if (at < n)
            x[at] = (uint8_t)below(256);
        break;
    case 1:
        if (at < n)
            x[at] = special[below(sizeof special)];
        break;
    case 2: /* insert */
        if (n + 1 < ROOM) {
            memmove(x + at + 1, x + at, n - at);
            x[at] = special[below(sizeof special)];
            n++;
        }
        break;
    case 3: /* remove */
        if (at + len <= n) {
            memmove(x + at, x + at + len, n - at - len);
            n -= len;
        }
        break;
    case 4: /* repeat */
        if (at + len <= n && n + len < ROOM) {
            memmove(x + at + len, x + at, n - at);
            n += len;
        }
        break;
    default:
        if (at < n)
            x[at] ^= (uint8_t)(1u << below(8));
    }
    return n;
}

static int run_file(const char *path)
{
    static uint8_t data[ROOM];
    FILE *f = fopen(path, "rb");
    if (!f)
        return 1;
    size_t n = fread(data, 1, sizeof data, f);
    fclose(f);
    return LLVMFuzzerTestOneInput(data, n);
}

/* The input in memory of exactly its size, so that a byte beyond is noticed. */
static void run(const uint8_t *data, size_t n)
{
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact)
        abort();
    memcpy(exact, data, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
}

int main(int argc, char **argv)
{
    static uint8_t data[ROOM + 16];
    int seeds = 0;
    size_t n;
    char *end = NULL;
    long times = argc > 1 ? strtol(argv[1], &end, 10) : 3000;
    if (end && *end)
        return run_file(argv[1]);
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (const uint8_t *seed; (seed = fuzz_seed(seeds, &n)); seeds++)
        for (size_t cut = n < MAX_CUT ? 0 : n - MAX_CUT; cut <= n; cut += 1 + n / 200)
            run(seed, cut);
    for (long i = 0; i < times && seeds; i++) {
        const uint8_t *seed = fuzz_seed((int)below((size_t)seeds), &n);
        n = n < ROOM ? n : ROOM;
        memcpy(data, seed, n);
        for (size_t k = 1 + below(6); k > 0; k--)
            n = change(data, n);
        run(data, n);
    }
    printf("%d inputs, %ld mutations\n", seeds, times);
    return seeds ? 0 : 1;
}
