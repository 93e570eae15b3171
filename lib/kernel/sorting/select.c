/* The first k of each row, and those of given ranks, without sorting the others. */
#include <string.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/tiles.h"
#include "radix.h"
#include "sort.h"
#include "sorting_loops.h"

enum { GRAIN = 4096, LEAST_ROOM = 256, FEW = 64, DIGIT = 10, DIGITS = 1 << DIGIT };

typedef struct job {
    const exec *x;
    const sort_rows *r;
    const sorting_loops *loops;
    bool descending, nan_wins, wide;
    radix_kind kind;
    int64_t size, k, rank, room; /* size: of a key with its place */
} job;

static void job_init(job *j, const exec *x, const sort_rows *r)
{
    *j = (job){.x = x, .r = r, .loops = &x->k->sorting->of[r->dtype]};
    j->wide = element_size(r->dtype) == 8;
    j->kind = j->wide ? RADIX_PAIR : RADIX_64;
    j->size = radix_size(j->kind);
}

static uint64_t key_at(const job *j, const char *pairs, int64_t i)
{
    return j->wide ? ((const key_pair *)(const void *)pairs)[i].key
                   : ((const uint64_t *)(const void *)pairs)[i] >> 32;
}

static int64_t place_at(const job *j, const char *pairs, int64_t i)
{
    return (int64_t)(j->wide ? ((const key_pair *)(const void *)pairs)[i].at
                             : ((const uint64_t *)(const void *)pairs)[i] & 0xffffffff);
}

static void move(const job *j, char *to, int64_t at, const char *from, int64_t i)
{
    if (j->wide)
        ((key_pair *)(void *)to)[at] = ((const key_pair *)(const void *)from)[i];
    else
        ((uint64_t *)(void *)to)[at] = ((const uint64_t *)(const void *)from)[i];
}

/* Sorts n pairs at a by the bits that vary; the sorted ones are at a in the end. */
static void sort_pairs(const job *j, int64_t n, char *a, char *b, int64_t *counters)
{
    uint64_t any = 0, all = UINT64_MAX;
    for (int64_t i = 0; i < n; i++) {
        any |= key_at(j, a, i);
        all &= key_at(j, a, i);
    }
    uint64_t varying = n ? any ^ all : 0;
    void *sorted = radix_sort(j->x, j->kind, n, a, b, j->wide ? varying : varying << 32, counters);
    if (sorted != a)
        memcpy(a, sorted, (size_t)(n * j->size));
}

/* Writes count pairs as elements of row i, whose results are `each` to a row. */
static void write_row(const job *j, int64_t i, const char *pairs, int64_t count, int64_t each)
{
    const sort_rows *r = j->r;
    int64_t item = element_size(r->dtype);
    const char *in = (const char *)r->in + i * r->n * item;
    for (int64_t k = 0; k < count; k++) {
        int64_t at = place_at(j, pairs, k);
        if (r->places)
            r->places[i * each + k] = at;
        if (r->values)
            memcpy((char *)r->values + (i * each + k) * item, in + at * item, (size_t)item);
    }
}

/* Candidates are gathered until there is no room for more, sorted, and all but the first k dropped.
 * From then on only what is better than the last of these comes in, which most blocks of a row do
 * not have. */
static void topk_row(const job *j, int64_t i, char *memory)
{
    int64_t n = j->r->n, item = element_size(j->r->dtype), held = 0;
    size_t bytes = tile_bytes((j->room + KEY_BLOCK) * j->size);
    char *pairs = memory, *spare = memory + bytes, *block = spare + bytes;
    int64_t *counters = (int64_t *)(void *)(block + tile_bytes(KEY_BLOCK * j->size));
    const char *in = (const char *)j->r->in + i * n * item;
    uint64_t limit = 0;
    bool limited = false;
    for (int64_t at = 0; at < n; at += KEY_BLOCK) {
        if (limited)
            at += j->loops->better(n - at, in + at * item, j->descending, limit);
        int64_t count = smaller(KEY_BLOCK, n - at);
        if (count <= 0)
            break;
        j->loops->pairs(count, in + at * item, at, j->descending, block);
        for (int64_t b = 0; b < count; b++)
            if (!limited || key_at(j, block, b) < limit)
                move(j, pairs, held++, block, b);
        if (held >= j->room) {
            sort_pairs(j, held, pairs, spare, counters);
            held = j->k;
            limited = true;
            limit = key_at(j, pairs, held - 1);
        }
    }
    sort_pairs(j, held, pairs, spare, counters);
    write_row(j, i, pairs, j->k, j->k);
}

static void topk_task(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        topk_row(arg, i, memory);
}

void topk_run(const exec *x, const sort_rows *r, int64_t k, bool largest)
{
    job j;
    if (r->rows == 0 || k == 0)
        return;
    job_init(&j, x, r);
    j.descending = largest;
    j.k = k;
    j.room = smaller(larger(2 * k, LEAST_ROOM), r->n);
    size_t bytes = 2 * tile_bytes((j.room + KEY_BLOCK) * j.size) + tile_bytes(KEY_BLOCK * j.size) +
                   (size_t)radix_counters(j.room + KEY_BLOCK) * sizeof(int64_t);
    parallel_tiles(x, r->rows, GRAIN / r->n + 1, bytes, topk_task, &j);
}

/* Of n pairs those stay, in order, whose keys share the digit of the ones wanted; how many. rank is
 * counted from the first that stays. A digit is `mask` of the key from bit `shift` on. Where the
 * two wanted have different digits, so do those between them. */
static int64_t narrow(const job *j, int64_t n, char *pairs, int shift, int64_t *rank, int count,
                      int64_t *counters, bool *apart)
{
    const uint64_t mask = DIGITS - 1;
    memset(counters, 0, DIGITS * sizeof *counters);
    for (int64_t i = 0; i < n; i++)
        counters[key_at(j, pairs, i) >> shift & mask]++;
    uint64_t low = 0, high;
    int64_t before = 0, kept = 0;
    while (before + counters[low] <= *rank)
        before += counters[low++];
    high = low;
    for (int64_t sum = before + counters[low]; sum < *rank + count;)
        sum += counters[++high];
    for (int64_t i = 0; i < n; i++) {
        uint64_t d = key_at(j, pairs, i) >> shift & mask;
        move(j, pairs, kept, pairs, i);
        kept += d >= low && d <= high;
    }
    *rank -= before;
    *apart = low != high;
    return kept;
}

static int64_t first_nan(const job *j, const char *pairs)
{
    const uint64_t nan = j->wide                          ? UINT64_MAX
                         : element_size(j->r->dtype) == 2 ? 0xffff
                                                          : 0xffffffff;
    for (int64_t i = 0; i < j->r->n; i++)
        if (key_at(j, pairs, i) == nan)
            return i;
    return -1;
}

static void rank_row(const job *j, int64_t i, char *memory)
{
    int64_t n = j->r->n, item = element_size(j->r->dtype), rank = j->rank, nan = -1;
    size_t bytes = tile_bytes(n * j->size);
    char *pairs = memory, *spare = memory + bytes;
    int64_t *counters = (int64_t *)(void *)(memory + 2 * bytes);
    const char *in = (const char *)j->r->in + i * n * item;
    int count = (int)j->k;
    key_facts f;
    j->loops->look(n, in, false, &f);
    j->loops->pairs(n, in, 0, false, pairs);
    if (j->nan_wins && f.odd)
        nan = first_nan(j, pairs);
    if (nan >= 0) {
        for (int64_t k = 0; k < count; k++)
            move(j, spare, k, pairs, nan);
        write_row(j, i, spare, count, count);
        return;
    }
    bool apart = f.sorted;
    int shift = 64;
    while (shift > 0 && !(shift <= 63 && (f.any ^ f.all) >> shift))
        shift--;
    for (shift = shift + 1 - DIGIT; !apart && n > FEW && shift > -DIGIT; shift -= DIGIT)
        n = narrow(j, n, pairs, shift > 0 ? shift : 0, &rank, count, counters, &apart);
    if (!f.sorted)
        sort_pairs(j, n, pairs, spare, counters);
    write_row(j, i, pairs + rank * j->size, count, count);
}

static void rank_task(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        rank_row(arg, i, memory);
}

void rank_run(const exec *x, const sort_rows *r, int64_t rank, int count, bool nan_wins)
{
    job j;
    if (r->rows == 0)
        return;
    job_init(&j, x, r);
    j.rank = rank;
    j.k = count;
    j.nan_wins = nan_wins && (dtype_is_float(r->dtype) || dtype_is_half(r->dtype));
    size_t bytes = 2 * tile_bytes(r->n * j.size) +
                   (size_t)larger(radix_counters(r->n), DIGITS) * sizeof(int64_t);
    parallel_tiles(x, r->rows, GRAIN / r->n + 1, bytes, rank_task, &j);
}
