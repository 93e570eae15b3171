/* Two threads with shared weights. A context belongs to one thread at a time, so each thread has
 * its own, and both see the same weights through tt_borrow(), which copies nothing. Each answers a
 * half of the questions. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <tinytensor/tinytensor.h>

enum { IN = 64, HIDDEN = 256, OUT = 10, QUESTIONS = 1000, THREADS = 2 };

/* The weights, in memory of the program; nobody writes them while the threads run. */
static float weights[HIDDEN * IN + OUT * HIDDEN];
static float answers[QUESTIONS * OUT];

typedef struct work {
    int64_t first, count;
    int failed;
} work;

static tt_tensor *forward(tt_ctx *ctx, tt_tensor *x)
{
    tt_tensor *w1 = tt_borrow(ctx, TT_F32, TT_SHAPE(HIDDEN, IN), NULL, weights, NULL, NULL);
    tt_tensor *w2 =
        tt_borrow(ctx, TT_F32, TT_SHAPE(OUT, HIDDEN), NULL, weights + HIDDEN * IN, NULL, NULL);
    return tt_linear(tt_gelu(tt_linear(x, tt_set_readonly(w1), NULL)), tt_set_readonly(w2), NULL);
}

/* The same questions for everybody: row i depends on i alone. */
static tt_tensor *questions(tt_ctx *ctx, int64_t first, int64_t count)
{
    tt_tensor *row = tt_arange(ctx, TT_F32, (double)first, (double)(first + count), 1);
    return tt_sin(tt_outer(row, tt_arange(ctx, TT_F32, 1, IN + 1, 1)));
}

static void *answer(void *arg)
{
    work *w = arg;
    tt_ctx *ctx = tt_ctx_new(); /* of this thread */
    tt_tensor *y = forward(ctx, questions(ctx, w->first, w->count));
    tt_copy_out(y, answers + w->first * OUT, (size_t)(w->count * OUT) * sizeof *answers);
    w->failed = !tt_ok(ctx);
    if (w->failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return NULL;
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *all =
        tt_borrow(ctx, TT_F32, TT_SHAPE(HIDDEN * IN + OUT * HIDDEN), NULL, weights, NULL, NULL);
    tt_init_normal_(all, 0, 0.1);

    pthread_t threads[THREADS];
    work parts[THREADS];
    int failed = 0;
    for (int i = 0; i < THREADS; i++) {
        parts[i] = (work){i * (QUESTIONS / THREADS), QUESTIONS / THREADS, 0};
        if (pthread_create(&threads[i], NULL, answer, &parts[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        failed |= parts[i].failed;
    }

    tt_tensor *alone = forward(ctx, questions(ctx, 0, QUESTIONS));
    tt_tensor *both = tt_borrow(ctx, TT_F32, TT_SHAPE(QUESTIONS, OUT), NULL, answers, NULL, NULL);
    printf("%d answers of %d threads, as one thread gives them: %s\n", QUESTIONS, THREADS,
           tt_allclose(alone, both, 1e-4, 1e-5, false) ? "yes" : "no");
    printf("the weights are %zu bytes, and were never copied\n", sizeof weights);
    puts("the last of them:");
    tt_print_options few = TT_PRINT_OPTIONS_INIT;
    few.precision = 2;
    tt_print_with(tt_slice(both, "-1, :5"), &few);

    failed |= !tt_ok(ctx);
    tt_ctx_free(ctx);
    return failed;
}
