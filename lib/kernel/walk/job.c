/* The table of jobs, and how their chunks are claimed. Each thread begins with an equal share of
 * adjacent chunks, so that successive passes over a tensor find it in the same core's cache, and
 * takes chunks of the others when done, so that a busy core does not hold up the rest. The chunks
 * themselves depend on the grain alone.
 *
 * Invariant: a share has chunks left only while its job is open, and a job is open until all the
 * chunks that were claimed are done. So one successful claim keeps the whole job as it is; what a
 * job consists of is read only after a claim (or is atomic, and a hint). */
#include "job.h"
#include "park.h"

#include <stddef.h>

enum { JOBS = 64, SHARES = 64, LINE = 64 };

typedef struct share {
    _Atomic uint64_t left; /* the first batch to claim; above its 32 bits, the end of the share */
    char apart[LINE - sizeof(uint64_t)]; /* one cache line each */
} share;

struct job {
    int64_t n, grain, chunks, batch; /* chunks that are claimed together: 1 below 2^31 of them */
    job_fn *fn;
    void *arg;
    uint32_t batches;
    _Atomic int shares, seats;            /* seats: how many more helpers may come */
    _Alignas(LINE) _Atomic uint32_t done; /* batches, by helpers; the caller sleeps on it */
    _Atomic uint32_t awaited; /* what it is to become, while the caller sleeps; else 0 */
    _Alignas(LINE) share share[SHARES];
};

static job jobs[JOBS];
static _Alignas(LINE) _Atomic uint64_t taken;  /* a bit for each job in the table, */
static _Alignas(LINE) _Atomic uint64_t wanted; /* for each that wants help */

static uint64_t bit(const job *j)
{
    return (uint64_t)1 << (j - jobs);
}

static int lowest(uint64_t bits)
{
    return __builtin_ctzll(bits);
}

static job *take(void)
{
    uint64_t seen = atomic_load_explicit(&taken, memory_order_relaxed);
    while (~seen) {
        uint64_t mine = ~seen & (seen + 1);
        if (atomic_compare_exchange_weak_explicit(&taken, &seen, seen | mine, memory_order_acquire,
                                                  memory_order_relaxed))
            return &jobs[lowest(mine)];
    }
    return NULL;
}

job *job_open(int64_t n, int64_t grain, int threads, job_fn *fn, void *arg)
{
    job *j = take();
    if (!j)
        return NULL;
    j->n = n;
    j->grain = grain;
    j->fn = fn;
    j->arg = arg;
    j->chunks = (n - 1) / grain + 1;
    j->batch = (j->chunks >> 31) + 1;
    j->batches = (uint32_t)((j->chunks - 1) / j->batch + 1);
    atomic_store_explicit(&j->done, 0, memory_order_relaxed);
    uint32_t shares = (uint32_t)(threads < SHARES ? threads : SHARES), end = 0;
    atomic_store_explicit(&j->shares, (int)shares, memory_order_relaxed);
    for (uint32_t i = 0; i < shares; i++) {
        uint32_t begin = end;
        end += j->batches / shares + (i < j->batches % shares);
        atomic_store_explicit(&j->share[i].left, (uint64_t)end << 32 | begin, memory_order_release);
    }
    atomic_store_explicit(&j->seats, threads - 1, memory_order_release);
    atomic_fetch_or(&wanted, bit(j));
    return j;
}

/* The number of the batch, or -1 when the share has none left. */
static int64_t claim(share *s)
{
    uint64_t left = atomic_load_explicit(&s->left, memory_order_relaxed);
    while ((uint32_t)left < left >> 32)
        if (atomic_compare_exchange_weak_explicit(&s->left, &left, left + 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return (uint32_t)left;
    return -1;
}

static void run(const job *j, int64_t batch)
{
    int64_t first = batch * j->batch, end = first + j->batch;
    for (int64_t chunk = first; chunk < end && chunk < j->chunks; chunk++) {
        int64_t at = chunk * j->grain;
        j->fn(at, j->n - at < j->grain ? j->n : at + j->grain, j->arg);
    }
}

/* The caller either sees the last batch done or is seen asleep. When it has seen it, the job may be
 * another by the time that it is woken, which then wakes for nothing. */
static void report(job *j)
{
    uint32_t done = atomic_fetch_add(&j->done, 1) + 1;
    if (atomic_load(&j->awaited) == done)
        unpark(&j->done, 1);
}

static uint32_t work(job *j, int first, bool helper)
{
    uint32_t mine = 0;
    int shares = atomic_load_explicit(&j->shares, memory_order_relaxed);
    for (int k = 0; k < shares; k++) {
        share *s = &j->share[(first + k) % shares];
        for (int64_t batch; (batch = claim(s)) >= 0; mine++) {
            run(j, batch);
            if (helper)
                report(j);
        }
    }
    return mine;
}

static void wait_for(job *j, uint32_t batches)
{
    spinning s = {0};
    uint32_t done;
    while (atomic_load_explicit(&j->done, memory_order_acquire) != batches)
        if (!spin(&s)) {
            atomic_store(&j->awaited, batches);
            while ((done = atomic_load(&j->done)) != batches)
                park(&j->done, done);
            atomic_store(&j->awaited, 0);
            return;
        }
}

void job_finish(job *j)
{
    uint32_t mine = work(j, 0, false);
    atomic_store_explicit(&j->seats, 0, memory_order_relaxed);
    atomic_fetch_and(&wanted, ~bit(j));
    wait_for(j, j->batches - mine);
    atomic_fetch_and_explicit(&taken, ~bit(j), memory_order_release);
}

bool jobs_wait(void)
{
    return atomic_load(&wanted) != 0;
}

/* Who takes the last seat says that no more help is wanted. Should this helper be so slow that the
 * job has gone meanwhile, the next one there lacks help: then its caller does the work alone. */
static bool sit_down(job *j)
{
    int seats = atomic_load_explicit(&j->seats, memory_order_relaxed);
    while (seats > 0)
        if (atomic_compare_exchange_weak_explicit(&j->seats, &seats, seats - 1,
                                                  memory_order_acquire, memory_order_relaxed)) {
            if (seats == 1)
                atomic_fetch_and(&wanted, ~bit(j));
            return true;
        }
    return false;
}

job *job_join(int *last)
{
    uint64_t bits = atomic_load_explicit(&wanted, memory_order_relaxed);
    if (bits == 0)
        return NULL;
    uint64_t behind = bits & ~(((uint64_t)2 << *last) - 1);
    *last = lowest(behind ? behind : bits);
    return sit_down(&jobs[*last]) ? &jobs[*last] : NULL;
}

void job_help(job *j, int id)
{
    int shares = atomic_load_explicit(&j->shares, memory_order_relaxed);
    work(j, 1 + id % (shares - 1), true); /* share 0 is the caller's */
}

void jobs_in_child(void)
{
    for (uint64_t bits = atomic_load(&taken); bits; bits &= bits - 1) {
        job *j = &jobs[lowest(bits)];
        atomic_store(&j->seats, 0);
        atomic_store(&j->awaited, 0);
        for (int i = 0; i < SHARES; i++)
            atomic_store(&j->share[i].left, 0);
    }
    atomic_store(&wanted, 0);
    atomic_store(&taken, 0);
}
