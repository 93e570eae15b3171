/* Threads: OpenMP teams over chunks of a range. Each thread starts with an equal share of adjacent
 * chunks, so that successive passes over a tensor find it in the same core's cache, and takes
 * chunks of the others when done, so that a busy core does not hold up the rest. The chunks
 * themselves depend on the grain alone. */
#include "parallel.h"

#include <omp.h>
#include <stdatomic.h>

enum { MAX_SHARES = 64, LINE = 64 };

typedef struct share {
    _Atomic int64_t next; /* chunk */
    int64_t end;
    char apart[LINE - 2 * sizeof(int64_t)]; /* one cache line each */
} share;

typedef struct job {
    int64_t n, grain;
    void (*fn)(int64_t begin, int64_t end, void *arg);
    void *arg;
    int shares;
    share share[MAX_SHARES];
} job;

static void run_chunk(const job *j, int64_t chunk)
{
    int64_t begin = chunk * j->grain;
    int64_t end = j->n - begin < j->grain ? j->n : begin + j->grain;
    j->fn(begin, end, j->arg);
}

static void work(job *j, int me)
{
    for (int k = 0; k < j->shares; k++) {
        share *s = &j->share[(me + k) % j->shares];
        for (;;) {
            int64_t chunk = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
            if (chunk >= s->end)
                break;
            run_chunk(j, chunk);
        }
    }
}

static void run_parallel(const exec *x, int64_t n, int64_t grain,
                         void (*fn)(int64_t begin, int64_t end, void *arg), void *arg)
{
    int threads = x->num_threads;
    job j;
    j.n = n;
    j.grain = grain;
    j.fn = fn;
    j.arg = arg;
    j.shares = threads < MAX_SHARES ? threads : MAX_SHARES;
    int64_t chunks = (n - 1) / grain + 1, at = 0;
    for (int i = 0; i < j.shares; i++) {
        atomic_init(&j.share[i].next, at);
        at += chunks / j.shares + (i < chunks % j.shares);
        j.share[i].end = at;
    }
    /* always the same number of threads: OpenMP would end and restart the others */
#pragma omp parallel num_threads(threads)
    work(&j, omp_get_thread_num());
}

void parallel_for(const exec *x, int64_t n, int64_t grain,
                  void (*fn)(int64_t begin, int64_t end, void *arg), void *arg)
{
    if (n <= 0)
        return;
    if (n <= grain) {
        fn(0, n, arg);
        return;
    }
    if (x->num_threads > 1 && !omp_in_parallel()) {
        run_parallel(x, n, grain, fn, arg);
        return;
    }
    for (int64_t begin = 0; begin < n; begin += grain)
        fn(begin, n - begin < grain ? n : begin + grain, arg);
}
