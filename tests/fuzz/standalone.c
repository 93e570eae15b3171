/* Runs a target on its own inputs and on those of a folder, on the former cut off at every length,
 * and on mutations of both: bytes changed, inserted, removed, repeated, joined.
 * usage: PROGRAM [TIMES [SEED [FOLDER]]]; PROGRAM FILE runs one input; PROGRAM --seeds FOLDER
 * writes the target's own into a folder, for libFuzzer to begin with. */
#define _POSIX_C_SOURCE 200809L /* opendir, getpid */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Inputs of a folder. */
typedef struct input {
    uint8_t *data;
    size_t size;
} input;
enum { MAX_INPUTS = 4096 };
static input inputs[MAX_INPUTS];
static int n_inputs;

static bool read_file(const char *path, input *to)
{
    FILE *f = fopen(path, "rb");
    *to = (input){f ? malloc(ROOM) : NULL, 0};
    if (to->data)
        to->size = fread(to->data, 1, ROOM, f);
    if (f)
        fclose(f);
    return to->data != NULL;
}

static void read_folder(const char *folder)
{
    char path[4096];
    DIR *d = opendir(folder);
    for (struct dirent *e; d && n_inputs < MAX_INPUTS && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.' && read_file(path, &inputs[n_inputs]))
            n_inputs++;
    }
    if (d)
        closedir(d);
}

/* What is running, for the case that it fails: it is then left in a file. */
static uint8_t *running;
static size_t running_size;

static void keep_failed(void)
{
    char path[300];
    const char *dir = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/tinytensor-fuzz-failed-%ld", dir ? dir : "/tmp",
             (long)getpid());
    FILE *f = fopen(path, "wb");
    if (f && fwrite(running, 1, running_size, f) == running_size && fclose(f) == 0)
        fprintf(stderr, "the input that fails is kept: %s\n", path);
}

static void on_signal(int number)
{
    signal(number, SIG_DFL);
    keep_failed();
    raise(number);
}

/* Sanitizers end a program in their own way. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void watch(void)
{
    signal(SIGABRT, on_signal);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(keep_failed);
    else
        signal(SIGSEGV, on_signal);
}

/* The input in memory of exactly its size, so that a byte beyond is noticed. */
static void run(const uint8_t *data, size_t n)
{
    running = malloc(n ? n : 1);
    running_size = n;
    if (!running)
        abort();
    memcpy(running, data, n);
    LLVMFuzzerTestOneInput(running, n);
    free(running);
}

/* All of the target's own inputs, and what they begin with. */
static int run_seeds(long times)
{
    int seeds = 0;
    size_t n;
    while (fuzz_seed(seeds, &n))
        seeds++;
    size_t cuts = seeds && times / seeds < 200 ? (size_t)(times / seeds + 5) : 200; /* of each */
    for (int i = 0; i < seeds; i++) {
        const uint8_t *seed = fuzz_seed(i, &n);
        for (size_t cut = n < MAX_CUT ? 0 : n - MAX_CUT; cut < n; cut += 1 + n / cuts)
            run(seed, cut);
        run(seed, n);
    }
    return seeds;
}

static void mutate(int seeds)
{
    static uint8_t data[ROOM + 16];
    size_t which = below((size_t)(seeds + n_inputs)), n;
    const uint8_t *from =
        which < (size_t)seeds ? fuzz_seed((int)which, &n) : inputs[which - (size_t)seeds].data;
    if (which >= (size_t)seeds)
        n = inputs[which - (size_t)seeds].size;
    n = n < ROOM ? n : ROOM;
    memcpy(data, from, n);
    for (size_t k = 1 + below(6); k > 0; k--)
        n = change(data, n);
    run(data, n);
}

static int write_seeds(const char *folder)
{
    size_t n;
    const uint8_t *seed;
    for (int i = 0; (seed = fuzz_seed(i, &n)); i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/seed-%d", folder, i);
        FILE *f = fopen(path, "wb");
        if (!f || fwrite(seed, 1, n, f) != n || fclose(f) != 0)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    input one;
    long times = argc > 1 ? strtol(argv[1], &end, 10) : 3000;
    if (argc > 2 && strcmp(argv[1], "--seeds") == 0)
        return write_seeds(argv[2]);
    if (end && *end)
        return read_file(argv[1], &one) ? LLVMFuzzerTestOneInput(one.data, one.size) : 1;
    watch();
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (argc > 3)
        read_folder(argv[3]);
    int seeds = run_seeds(times);
    for (int i = 0; i < n_inputs; i++)
        run(inputs[i].data, inputs[i].size);
    for (long i = 0; i < times && seeds; i++)
        mutate(seeds);
    printf("%d inputs, %ld mutations\n", seeds + n_inputs, times);
    return seeds ? 0 : 1;
}
