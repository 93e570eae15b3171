/* A range cut into chunks, run by the calling thread with the help of the pool's, or by the calling
 * thread alone where there is no help to be had: the chunks and so the results are the same. */
#include "parallel.h"
#include "helpers.h"
#include "job.h"

static bool run_parallel(int threads, int64_t n, int64_t grain, job_fn *fn, void *arg)
{
    int64_t chunks = (n - 1) / grain + 1;
    if (threads > chunks)
        threads = (int)chunks;
    if (helpers_inside() || !helpers_start(threads - 1) || !helpers_enter())
        return false;
    job *j = job_open(n, grain, threads, fn, arg);
    if (j) {
        helpers_wake(threads - 1);
        job_finish(j);
    }
    helpers_leave();
    return j != NULL;
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
    if (x->num_threads > 1 && run_parallel(x->num_threads, n, grain, fn, arg))
        return;
    for (int64_t begin = 0; begin < n; begin += grain)
        fn(begin, n - begin < grain ? n : begin + grain, arg);
}
