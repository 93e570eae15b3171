/* Threads: an empty parallel_for, a pass beside a stopped thread, small trainings in processes side
 * by side against one alone, and 32 contexts in 32 threads against two. Prints one line each; never
 * a test. The program runs itself with "train" for the processes side by side. Of the options that
 * bench.h lists it heeds --quick; none of its figures has a peer. */
#define _GNU_SOURCE
#include "kernel/walk/parallel.h"
#include <tinytensor/tinytensor.h>

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 7, CALLS = 10000, STEPS = 400, MANY = 32, CHUNKS = 40, STOP_MS = 10 };

static int rounds = ROUNDS;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, ascending);
    return x[n / 2];
}

static void nothing(int64_t begin, int64_t end, void *arg)
{
    (void)begin;
    (void)end;
    (void)arg;
}

static double empty(void)
{
    exec x = {.num_threads = 2};
    double t[ROUNDS];
    for (int r = 0; r < rounds; r++) {
        double begin = now();
        for (int i = 0; i < CALLS; i++)
            parallel_for(&x, 2, 1, nothing, NULL);
        t[r] = (now() - begin) / CALLS;
    }
    return median(t, rounds);
}

/* A chunk of some 50 us that touches no memory. */
static void busy(int64_t begin, int64_t end, void *arg)
{
    (void)arg;
    double until = now() + 50e-6 * (double)(end - begin);
    while (now() < until)
        continue;
}

static double pass(int num_threads)
{
    exec x = {.num_threads = num_threads};
    double begin = now();
    parallel_for(&x, CHUNKS, 1, busy, NULL);
    return now() - begin;
}

/* Pins the helper to processor 1 and the caller to 0; the helper's number, or 0. */
static long pin(void)
{
    long self = (long)getpid(), other = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *e; tasks && (e = readdir(tasks));) {
        long id = atol(e->d_name);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(id != self, &one);
        if (id > 0)
            sched_setaffinity((pid_t)id, sizeof one, &one);
        other = id > 0 && id != self ? id : other;
    }
    if (tasks)
        closedir(tasks);
    return other;
}

/* The parent's side of `stopped`: a helper's number arrives, then a byte each time that it is to be
 * stopped, as by a system that takes it off its processor. Helpers block signals, so it is traced.
 */
static void stop_on_demand(int from, int to)
{
    long helper = 0;
    char byte;
    if (read(from, &helper, sizeof helper) != sizeof helper || helper == 0 ||
        ptrace(PTRACE_SEIZE, (pid_t)helper, NULL, NULL) != 0)
        return;
    while (read(from, &byte, 1) == 1) {
        if (ptrace(PTRACE_INTERRUPT, (pid_t)helper, NULL, NULL) != 0 ||
            waitpid((pid_t)helper, NULL, __WALL) < 0 || write(to, &byte, 1) != 1)
            return;
        nanosleep(&(struct timespec){.tv_nsec = STOP_MS * 1000000L}, NULL);
        ptrace(PTRACE_CONT, (pid_t)helper, NULL, NULL);
    }
}

/* The child's side. The helper is stopped before a pass begins, when it holds no chunk; one that is
 * stopped in a chunk delays the pass until that chunk is done. */
static void stopped(int from, int to)
{
    double alone[ROUNDS], both[ROUNDS], beside[ROUNDS];
    char byte = 0;
    pass(2);
    long helper = pin();
    if (write(to, &helper, sizeof helper) != sizeof helper)
        return;
    for (int r = 0; r < rounds; r++) {
        alone[r] = pass(1);
        both[r] = pass(2);
        if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1)
            return;
        beside[r] = pass(2);
        nanosleep(&(struct timespec){.tv_nsec = 2 * STOP_MS * 1000000L}, NULL);
    }
    printf(
        "%d chunks of 50 us, 1 thread: %.2f ms, 2 threads: %.2f ms, with one of them stopped for "
        "%d ms: %.2f ms\n",
        CHUNKS, median(alone, rounds) * 1e3, median(both, rounds) * 1e3, STOP_MS,
        median(beside, rounds) * 1e3);
    fflush(stdout);
}

/* In a process of its own, which stays pinned. */
static void beside_a_stopped_thread(void)
{
    int up[2], down[2];
    if (pipe(up) != 0 || pipe(down) != 0)
        return;
    fflush(stdout);
    if (fork() == 0) {
        close(up[0]);
        close(down[1]);
        stopped(down[0], up[1]);
        _exit(0);
    }
    close(up[1]);
    close(down[0]);
    stop_on_demand(up[0], down[1]);
    close(up[0]);
    close(down[1]);
    while (wait(NULL) > 0)
        continue;
}

/* A network of two layers on two threads. */
static void train(int steps)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, 2);
    tt_tensor *w = tt_param(tt_normal(ctx, TT_F32, TT_SHAPE(256, 128), 0, 0.1));
    tt_tensor *v = tt_param(tt_normal(ctx, TT_F32, TT_SHAPE(10, 256), 0, 0.1));
    tt_tensor *params[] = {w, v};
    tt_optim *o = tt_adamw(ctx, 2, params, 1e-3, NULL);
    for (int i = 0; i < steps; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(256, 128));
        tt_tensor *t = tt_randint(ctx, TT_SHAPE(256), 0, 10);
        tt_optim_zero_grad(o);
        tt_backward(tt_cross_entropy(tt_linear(tt_gelu(tt_linear(x, w, NULL)), v, NULL), t, -100));
        tt_optim_step(o);
        tt_scope_end(ctx, s);
    }
    tt_ctx_free(ctx);
}

static double side_by_side(const char *program, int n)
{
    double t[ROUNDS];
    for (int r = 0; r < rounds; r++) {
        double begin = now();
        for (int i = 0; i < n; i++)
            if (fork() == 0) {
                execl(program, program, "train", (char *)NULL);
                _exit(1);
            }
        while (wait(NULL) > 0)
            continue;
        t[r] = now() - begin;
    }
    return median(t, rounds);
}

static void *train_some(void *steps)
{
    train(*(const int *)steps);
    return NULL;
}

/* Steps in a second of n contexts, each in a thread of its own. */
static double contexts(int n, int steps)
{
    pthread_t thread[MANY];
    int started = 0;
    double begin = now();
    while (started < n && pthread_create(&thread[started], NULL, train_some, &steps) == 0)
        started++;
    for (int i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    return started * steps / (now() - begin);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "train") == 0) {
        train(STEPS);
        return 0;
    }
    for (int i = 1; i < argc; i++)
        rounds = strcmp(argv[i], "--quick") == 0 ? 1 : rounds;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--against") == 0)
            return 0;
    beside_a_stopped_thread();
    printf("empty parallel_for, 2 threads: %.2f us\n", empty() * 1e6);
    fflush(stdout);
    double one = side_by_side(argv[0], 1), two = side_by_side(argv[0], 2);
    double three = side_by_side(argv[0], 3);
    printf("training alone: %.3f s, two side by side: %.2fx, three: %.2fx\n", one, two / one,
           three / one);
    double ratio[ROUNDS];
    for (int r = 0; r < rounds; r++) {
        double few = contexts(2, STEPS);
        ratio[r] = contexts(MANY, STEPS / 8) / few;
    }
    printf("%d contexts in %d threads: %.2f of the throughput of two\n", MANY, MANY,
           median(ratio, rounds));
    return 0;
}
