/* Products of one row with the weights of a model, as generation makes them: reading the weights is
 * all the work, so that the rate of a case is to be compared with that of the plain reader, the
 * first case. Weights are more than a cache holds: many layers, or the head of a large vocabulary.
 * Rates count the bytes of the weights as stored. */
#include <pthread.h>
#include <stdatomic.h>

#include "bench.h"

enum { PIECE = 1 << 15, WEIGHTS = 20, MAX_THREADS = 64 };
#define HEAD   (4.0 * 50257 * 768)
#define LAYERS (4.0 * 768 * 3072 * WEIGHTS)

static tt_tensor *linear(tt_tensor **t)
{
    tt_tensor *y = NULL;
    for (int i = 1; i <= WEIGHTS; i++)
        y = tt_linear(t[0], t[i], NULL);
    return y;
}

static tt_tensor *matmul(tt_tensor **t)
{
    tt_tensor *y = NULL;
    for (int i = 1; i <= WEIGHTS; i++)
        y = tt_matmul(t[0], t[i]);
    return y;
}

/* Memory read in pieces, which the threads take as they come; many sums hide the additions. */
typedef struct reading {
    const float *x;
    int64_t pieces;
    atomic_int_fast64_t next;
    _Atomic float sum; /* so that nothing is left out */
} reading;

static float piece_sum(const float *x, int64_t n)
{
    float lane[64] = {0}, sum = 0;
    for (int64_t i = 0; i < n; i += 64)
        for (int l = 0; l < 64; l++)
            lane[l] += x[i + l];
    for (int l = 0; l < 64; l++)
        sum += lane[l];
    return sum;
}

static void *read_pieces(void *arg)
{
    reading *r = arg;
    float sum = 0;
    for (int64_t i; (i = atomic_fetch_add(&r->next, 1)) < r->pieces;)
        sum += piece_sum(r->x + i * PIECE, PIECE);
    r->sum = sum;
    return NULL;
}

/* All there is to reach: the same memory, summed. */
static tt_tensor *plain_reader(tt_tensor *x)
{
    reading r = {.x = tt_cdata(x), .pieces = tt_numel(x) / PIECE};
    pthread_t thread[MAX_THREADS];
    int helpers = tt_num_threads(tt_ctx_of(x)) - 1, n = 0;
    while (n < helpers && n < MAX_THREADS && !pthread_create(&thread[n], NULL, read_pieces, &r))
        n++;
    read_pieces(&r);
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    return x;
}

#define ROWS "gemv.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
