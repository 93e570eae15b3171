/* Threads that wait for jobs: awake for a while, then asleep on a bell. State of the process, not
 * of a context: threads are what contexts share, so that many contexts have no more helpers than
 * the largest asked for. It needs no memory but the threads' stacks.
 *
 * A program may fork (the child begins without helpers), unload the library (which ends them) and
 * end while threads of its own still compute (from then on without help). Helpers take no signals.
 * Which threads are in a task is kept under a pthread key: thread-local variables of a library
 * are reached through the loader's lock, which is held while the library is unloaded. */
#define _POSIX_C_SOURCE 200809L
#include "helpers.h"
#include "base/threads.h"
#include "job.h"
#include "park.h"

#include <pthread.h>
#include <signal.h>

enum { HELPERS = THREADS_MAX - 1, LINE = 64, STACK = 4 << 20, PAUSE = 1000 * 1000 * 1000 };

static struct pool {
    pthread_mutex_t starting;
    bool prepared;     /* the key, and what to do after fork */
    pthread_key_t key; /* in a task: the thread's seat + 1; else NULL */
    _Atomic int64_t
        again; /* when to try once more to start threads, after the system refused one */
    pthread_t thread[HELPERS];
    _Atomic int count;
    _Atomic bool stopped;
    _Alignas(LINE) _Atomic int awake; /* helpers without a job */
    _Atomic int asleep;
    _Atomic uint32_t bell; /* how often it rang; helpers sleep on it */
} pool = {.starting = PTHREAD_MUTEX_INITIALIZER};

static void ring(int n)
{
    atomic_fetch_add(&pool.bell, 1);
    unpark(&pool.bell, n);
}

void helpers_wake(int wanted)
{
    int asleep = atomic_load(&pool.asleep), n = wanted - atomic_load(&pool.awake);
    if (asleep > 0 && n > 0)
        ring(n < asleep ? n : asleep);
}

/* A job that is opened after the look at jobs_wait finds the helper asleep, and rings; since the
 * bell was read before, it does not stay asleep. */
static void sleep_until_rung(void)
{
    uint32_t rung = atomic_load(&pool.bell);
    atomic_fetch_add(&pool.asleep, 1);
    atomic_fetch_sub(&pool.awake, 1);
    if (!jobs_wait() && !atomic_load(&pool.stopped))
        park(&pool.bell, rung);
    atomic_fetch_add(&pool.awake, 1);
    atomic_fetch_sub(&pool.asleep, 1);
}

/* NULL: stop */
static job *next_job(int *last)
{
    job *j = NULL;
    spinning s = {0};
    atomic_fetch_add(&pool.awake, 1);
    while (!atomic_load_explicit(&pool.stopped, memory_order_relaxed) && !(j = job_join(last)))
        if (!spin(&s)) {
            sleep_until_rung();
            s = (spinning){0};
        }
    atomic_fetch_sub(&pool.awake, 1);
    return j;
}

static bool take_seat(int seat)
{
    return pthread_setspecific(pool.key, (void *)(intptr_t)(seat + 1)) == 0;
}

static void *help(void *number)
{
    int id = (int)(intptr_t)number, last = 0;
    if (!take_seat(id + 1))
        return NULL;
    for (job *j; (j = next_job(&last));) {
        if (jobs_wait()) /* callers count on helpers that are awake, perhaps two on the same one */
            helpers_wake(1);
        job_help(j, id);
    }
    return NULL;
}

static void begin_in_child(void)
{
    pool.starting = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    atomic_store(&pool.count, 0);
    atomic_store(&pool.awake, 0);
    atomic_store(&pool.asleep, 0);
    atomic_store(&pool.again, 0);
    jobs_in_child();
    park_in_child();
}

static bool prepare(void)
{
    if (!pool.prepared && pthread_key_create(&pool.key, NULL) == 0) {
        pool.prepared = pthread_atfork(NULL, NULL, begin_in_child) == 0;
        if (!pool.prepared)
            pthread_key_delete(pool.key);
    }
    return pool.prepared;
}

static bool start_one(int id)
{
    pthread_attr_t attr;
    static const int raised[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL};
    sigset_t all, before;
    if (pthread_attr_init(&attr) != 0)
        return false;
    sigfillset(&all); /* but for what a thread raises itself, as when a mapped file is cut off */
    for (size_t i = 0; i < sizeof raised / sizeof *raised; i++)
        sigdelset(&all, raised[i]);
    bool ok = pthread_attr_setstacksize(&attr, STACK) == 0 &&
              pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    if (ok) {
        ok = pthread_create(&pool.thread[id], &attr, help, (void *)(intptr_t)id) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attr);
    return ok;
}

/* Does not wait: another thread may be at it, or the one that a signal handler interrupted. */
static void start(int wanted)
{
    if (atomic_load(&pool.again) > nanoseconds() || pthread_mutex_trylock(&pool.starting) != 0)
        return;
    bool ok = prepare();
    for (int n = pool.count; ok && n < wanted && !atomic_load(&pool.stopped); n = pool.count) {
        ok = start_one(n);
        if (ok)
            atomic_store(&pool.count, n + 1);
    }
    atomic_store(&pool.again, ok ? 0 : nanoseconds() + PAUSE);
    pthread_mutex_unlock(&pool.starting);
}

bool helpers_start(int wanted)
{
    int count = atomic_load(&pool.count);
    if (count < wanted && !atomic_load(&pool.stopped)) {
        start(wanted < HELPERS ? wanted : HELPERS);
        count = atomic_load(&pool.count);
    }
    return count > 0 && !atomic_load(&pool.stopped);
}

bool helpers_inside(void)
{
    return atomic_load(&pool.count) > 0 && pthread_getspecific(pool.key) != NULL;
}

bool helpers_enter(void)
{
    return take_seat(0);
}

void helpers_leave(void)
{
    pthread_setspecific(pool.key, NULL);
}

int helpers_seat(void)
{
    intptr_t seat = helpers_inside() ? (intptr_t)pthread_getspecific(pool.key) - 1 : 0;
    return (int)seat;
}

/* When the library is unloaded nobody uses it; when the process ends others may, and work alone
 * from here on: a helper ends after the chunk that it has, which is theirs. */
__attribute__((destructor)) static void stop(void)
{
    atomic_store(&pool.stopped, true);
    pthread_mutex_lock(&pool.starting);
    int count = atomic_exchange(&pool.count, 0);
    ring(HELPERS);
    for (int i = 0; i < count; i++)
        pthread_join(pool.thread[i], NULL);
    if (pool.prepared)
        pthread_key_delete(pool.key);
    pool.prepared = false;
    pthread_mutex_unlock(&pool.starting);
}
