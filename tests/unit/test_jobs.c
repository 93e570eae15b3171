/* Jobs and their helpers: every chunk runs once, whoever asks for how many threads and how many
 * jobs are open at once; a loop inside a chunk stays on its thread; those that wait sleep. Built a
 * second time with the condition variable that stands in where the system has no futex. */
#define _GNU_SOURCE
#include "kernel/walk/parallel.h"
#include "kernel/walk/tiles.h"
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

enum { CHUNKS = 1000 };

static exec with(int threads)
{
    return (exec){.num_threads = threads};
}

static void nap(int milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000L}, NULL);
}

static int milliseconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

typedef struct tally {
    int64_t n, grain;
    _Atomic int ran[CHUNKS], odd;
} tally;

static void count(int64_t begin, int64_t end, void *arg)
{
    tally *t = arg;
    int64_t left = t->n - begin;
    if (begin % t->grain != 0 || end - begin != (left < t->grain ? left : t->grain))
        atomic_fetch_add(&t->odd, 1);
    atomic_fetch_add(&t->ran[begin / t->grain], 1);
}

static bool each_ran(const tally *t, int times)
{
    for (int64_t k = 0; k < CHUNKS; k++)
        if (t->ran[k] != (k * t->grain < t->n ? times : 0))
            return false;
    return t->odd == 0;
}

START_TEST(each_chunk_once)
{
    static const int64_t sizes[][2] = {{2, 1}, {7, 3}, {64, 8}, {1000, 1}, {99999, 100}};
    static const int threads[] = {1, 2, 3, 4, 5, 80};
    for (int k = 0; k < 6; k++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            tally t = {.n = sizes[i][0], .grain = sizes[i][1]};
            exec x = with(threads[k]);
            for (int again = 0; again < 20; again++)
                parallel_for(&x, t.n, t.grain, count, &t);
            ck_assert_msg(each_ran(&t, 20), "%d threads, size %zu", threads[k], i);
        }
}
END_TEST

typedef struct nest {
    exec x;
    pthread_t outer;
    _Atomic int *inside, *elsewhere;
} nest;

static void run_inner(int64_t begin, int64_t end, void *arg)
{
    const nest *n = arg;
    atomic_fetch_add(n->inside, (int)(end - begin));
    atomic_fetch_add(n->elsewhere, !pthread_equal(n->outer, pthread_self()));
}

static void run_outer(int64_t begin, int64_t end, void *arg)
{
    nest n = *(const nest *)arg;
    (void)begin;
    (void)end;
    n.outer = pthread_self();
    parallel_for(&n.x, 100, 1, run_inner, &n);
}

START_TEST(a_loop_in_a_chunk_stays_on_its_thread)
{
    _Atomic int inside = 0, elsewhere = 0;
    nest n = {with(4), pthread_self(), &inside, &elsewhere};
    for (int i = 0; i < 50; i++)
        parallel_for(&n.x, 30, 1, run_outer, &n);
    ck_assert_int_eq(inside, 50 * 30 * 100);
    ck_assert_int_eq(elsewhere, 0);
}
END_TEST

typedef struct user {
    pthread_t thread;
    int number, wrong;
} user;

static void *count_often(void *arg)
{
    user *u = arg;
    exec x = with(2 + u->number % 3);
    for (int i = 0; i < 200; i++) {
        tally t = {.n = 20 + i, .grain = 1 + i % 3};
        parallel_for(&x, t.n, t.grain, count, &t);
        u->wrong += !each_ran(&t, 1);
    }
    return NULL;
}

/* More jobs at once than there are helpers, and places on the table. */
START_TEST(many_jobs_at_once)
{
    enum { JOBS = 80 };
    static user u[JOBS];
    for (int i = 0; i < JOBS; i++) {
        u[i] = (user){.number = i};
        ck_assert_int_eq(pthread_create(&u[i].thread, NULL, count_often, &u[i]), 0);
    }
    for (int i = 0; i < JOBS; i++) {
        pthread_join(u[i].thread, NULL);
        ck_assert_int_eq(u[i].wrong, 0);
    }
}
END_TEST

typedef struct meeting {
    pthread_t caller;
    _Atomic bool helped;
} meeting;

static void meet(int64_t begin, int64_t end, void *arg)
{
    meeting *m = arg;
    (void)begin;
    (void)end;
    if (!pthread_equal(m->caller, pthread_self())) {
        atomic_store(&m->helped, true);
        nap(100);
    }
    while (!atomic_load(&m->helped))
        nap(1);
}

START_TEST(a_caller_that_waits_for_a_chunk_sleeps)
{
    meeting m = {.caller = pthread_self()};
    exec x = with(2);
    int before = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    parallel_for(&x, 2, 1, meet, &m);
    ck_assert_int_lt(milliseconds(CLOCK_THREAD_CPUTIME_ID) - before, 50);
}
END_TEST

START_TEST(helpers_without_work_sleep)
{
    tally t = {.n = 100, .grain = 1};
    exec x = with(4);
    parallel_for(&x, t.n, t.grain, count, &t);
    nap(10);
    int before = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    nap(200);
    ck_assert_int_lt(milliseconds(CLOCK_PROCESS_CPUTIME_ID) - before, 50);
    parallel_for(&x, t.n, t.grain, count, &t);
    ck_assert(each_ran(&t, 2));
}
END_TEST

enum { TILE = 3000 }; /* numbers */

/* Scratch memory that is refused from some call on. */
typedef struct pantry {
    int64_t held;
    bool empty;
} pantry;

static void *pantry_alloc(void *from, size_t bytes)
{
    pantry *p = from;
    void *memory = p->empty ? NULL : aligned_alloc(64, (bytes + 63) / 64 * 64);
    p->held += memory != NULL;
    return memory;
}

static void pantry_free(void *from, void *memory)
{
    ((pantry *)from)->held--;
    free(memory);
}

static void fill_tile(int64_t begin, int64_t end, void *arg, char *memory)
{
    tally *t = arg;
    int64_t *tile = (int64_t *)(void *)memory;
    bool same = (uintptr_t)memory % 64 == 0;
    for (int k = 0; k < TILE; k++)
        tile[k] = begin;
    for (int k = 0; k < TILE; k++)
        same = same && tile[k] == begin;
    atomic_fetch_add(&t->odd, !same);
    count(begin, end, t);
}

static void use_no_memory(int64_t begin, int64_t end, void *arg, char *memory)
{
    atomic_fetch_add(&((tally *)arg)->odd, memory != NULL);
    count(begin, end, arg);
}

START_TEST(each_task_has_memory_of_its_own)
{
    static const int threads[] = {1, 2, 3, 5, 80};
    pantry p = {0};
    for (int i = 0; i < 5; i++) {
        exec x = {.num_threads = threads[i], .mem = {pantry_alloc, pantry_free, &p}};
        for (int round = 0; round < 5; round++) {
            tally large = {.n = 300, .grain = 1}, none = {.n = 100, .grain = 3},
                  two = {.n = 2, .grain = 1};
            ck_assert(parallel_tiles(&x, large.n, 1, TILE * sizeof(int64_t), fill_tile, &large));
            ck_assert(parallel_tiles(&x, two.n, 1, TILE * sizeof(int64_t), fill_tile, &two));
            ck_assert(parallel_tiles(&x, none.n, 3, 0, use_no_memory, &none));
            ck_assert(each_ran(&large, 1) && each_ran(&none, 1) && each_ran(&two, 1));
            ck_assert_int_eq(p.held, 0);
        }
    }
}
END_TEST

START_TEST(without_memory_nothing_runs)
{
    pantry p = {.empty = true};
    exec x = {.num_threads = 2, .mem = {pantry_alloc, pantry_free, &p}};
    tally t = {.n = 10, .grain = 1};
    ck_assert(!parallel_tiles(&x, t.n, 1, TILE * sizeof(int64_t), fill_tile, &t));
    ck_assert(each_ran(&t, 0));
    ck_assert(parallel_tiles(&x, 0, 1, TILE * sizeof(int64_t), fill_tile, &t));
    ck_assert(parallel_tiles(&x, t.n, 1, 0, use_no_memory, &t));
    ck_assert(each_ran(&t, 1));
}
END_TEST

#ifndef TT_NO_FUTEX /* with a lock, a handler may wait for the thread that it interrupts */

static _Atomic int handled, wrong;
static pthread_t interrupted;

static void handle(int number)
{
    tally t = {.n = 64, .grain = 1};
    exec x = with(3);
    (void)number;
    parallel_for(&x, t.n, t.grain, count, &t);
    atomic_fetch_add(&wrong, !each_ran(&t, 1));
    atomic_fetch_add(&wrong, !pthread_equal(interrupted, pthread_self()));
    atomic_fetch_add(&handled, 1);
}

/* Wherever it interrupts; and never on a helper. */
START_TEST(a_signal_handler_may_compute)
{
    tally t = {.n = CHUNKS, .grain = 1};
    exec x = with(3);
    struct itimerval every = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    int rounds = 0;
    interrupted = pthread_self();
    void (*before)(int) = signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &every, NULL);
    for (; atomic_load(&handled) < 200; rounds++)
        parallel_for(&x, t.n, t.grain, count, &t);
    setitimer(ITIMER_REAL, &never, NULL);
    signal(SIGALRM, before);
    ck_assert_int_eq(wrong, 0);
    ck_assert(each_ran(&t, rounds));
}
END_TEST

#endif

int main(void)
{
    TCase *c = new_case("jobs");
    tcase_add_test(c, each_chunk_once);
    tcase_add_test(c, a_loop_in_a_chunk_stays_on_its_thread);
    tcase_add_test(c, many_jobs_at_once);
    tcase_add_test(c, a_caller_that_waits_for_a_chunk_sleeps);
    tcase_add_test(c, helpers_without_work_sleep);
    tcase_add_test(c, each_task_has_memory_of_its_own);
    tcase_add_test(c, without_memory_nothing_runs);
#ifndef TT_NO_FUTEX
    tcase_add_test(c, a_signal_handler_may_compute);
#endif
    return run_suite("jobs", c);
}
