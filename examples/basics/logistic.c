/* Logistic regression with early stopping. There are few examples and many columns, most of them
 * noise: a model that trains for too long learns the noise by heart. Rows that were held out tell
 * when to stop, and the weights of the best step are kept. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

enum { SEEN = 80, HELD_OUT = 60, TEST = 2000, COLUMNS = 30, PATIENCE = 20 };

typedef struct rows {
    tt_tensor *x, *y; /* (n, COLUMNS) and (n,), 0 or 1 */
} rows;

/* Only the first three columns say something of y; a tenth of the answers is wrong. */
static rows draw(tt_ctx *ctx, int64_t n)
{
    rows r = {tt_randn(ctx, TT_F64, TT_SHAPE(n, COLUMNS)), NULL};
    tt_tensor *score = tt_sum(tt_narrow(r.x, 1, 0, 3), TT_AXES(1), false);
    tt_tensor *wrong = tt_lt_scalar(tt_rand(ctx, TT_F64, TT_SHAPE(n)), 0.1);
    r.y = tt_cast(tt_logical_xor(tt_gt_scalar(score, 0), wrong), TT_F64);
    return r;
}

static tt_tensor *scores(tt_tensor *const p[2], tt_tensor *x)
{
    return tt_squeeze(tt_linear(x, p[0], p[1]), TT_AXES(1));
}

static double accuracy(tt_tensor *const p[2], rows r)
{
    tt_tensor *right = tt_eq(tt_gt_scalar(scores(p, r.x), 0), tt_gt_scalar(r.y, 0.5));
    return 100 * tt_item(tt_mean(right, TT_ALL_AXES, false));
}

/* Trains new parameters; returns the step whose loss on held_out was the least, and gives its
 * parameters in best. */
static int train(tt_ctx *ctx, rows seen, rows held_out, int steps, int patience, tt_tensor *best[2])
{
    tt_tensor *p[] = {tt_param(tt_zeros(ctx, TT_F64, TT_SHAPE(1, COLUMNS))),
                      tt_param(tt_zeros(ctx, TT_F64, TT_SHAPE(1)))};
    tt_optim *opt = tt_sgd(ctx, 2, p, 0.1, NULL);
    double least = 1e9;
    int best_step = 0;
    for (int step = 0; step < steps && step - best_step < patience && tt_ok(ctx); step++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_optim_zero_grad(opt);
        tt_tensor *loss = tt_bce_with_logits(scores(p, seen.x), seen.y);
        double held = tt_item(tt_bce_with_logits(scores(p, held_out.x), held_out.y));
        if (step % (steps / 10) == 0)
            printf("%6d %10.3f %10.3f\n", step, tt_item(loss), held);
        if (held < least || patience > steps) {
            least = held;
            best_step = step;
            for (int i = 0; i < 2; i++)
                tt_copy_(best[i], tt_detach(p[i]));
        }
        tt_backward(loss);
        tt_optim_step(opt);
        tt_scope_end(ctx, s);
    }
    return best_step;
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_seed(ctx, 1);
    rows seen = draw(ctx, SEEN), held_out = draw(ctx, HELD_OUT), test = draw(ctx, TEST);
    tt_tensor *best[] = {tt_zeros(ctx, TT_F64, TT_SHAPE(1, COLUMNS)),
                         tt_zeros(ctx, TT_F64, TT_SHAPE(1))};

    puts("  step   training   held out");
    int step = train(ctx, seen, held_out, 200, PATIENCE, best);
    printf("stopped after %d steps without a better one; the best was %d\n", PATIENCE, step);
    printf("right on rows that were never seen: %.1f%%\n", accuracy(best, test));

    puts("\nand without stopping:");
    train(ctx, seen, held_out, 2000, 10000, best);
    printf("right on rows that were never seen: %.1f%%\n", accuracy(best, test));

    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
