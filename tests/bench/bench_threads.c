/* Threads: an empty parallel_for, small trainings in processes side by side against one alone, and
 * 32 contexts in 32 threads against two. Prints one line each; never a test. The program runs
 * itself with "train" for the processes side by side. */
#include "kernel/walk/parallel.h"
#include <tinytensor/tinytensor.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 7, CALLS = 10000, STEPS = 400, MANY = 32 };

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
    for (int r = 0; r < ROUNDS; r++) {
        double begin = now();
        for (int i = 0; i < CALLS; i++)
            parallel_for(&x, 2, 1, nothing, NULL);
        t[r] = (now() - begin) / CALLS;
    }
    return median(t, ROUNDS);
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
    for (int r = 0; r < ROUNDS; r++) {
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
    return median(t, ROUNDS);
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
    printf("empty parallel_for, 2 threads: %.2f us\n", empty() * 1e6);
    fflush(stdout);
    double one = side_by_side(argv[0], 1), two = side_by_side(argv[0], 2);
    double three = side_by_side(argv[0], 3);
    printf("training alone: %.3f s, two side by side: %.2fx, three: %.2fx\n", one, two / one,
           three / one);
    double ratio[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        double few = contexts(2, STEPS);
        ratio[r] = contexts(MANY, STEPS / 8) / few;
    }
    printf("%d contexts in %d threads: %.2f of the throughput of two\n", MANY, MANY,
           median(ratio, ROUNDS));
    return 0;
}
