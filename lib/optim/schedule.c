/* Learning rates as functions of the step: linear warm-up, then a decay to min_lr. */
#include <math.h>
#include <tinytensor/optim.h>

static const double pi = 3.14159265358979323846;

/* Rate while warming up (negative: not warming up), and how far the decay has come, 0 to 1. */
static double warm_up(int64_t step, int64_t warmup, int64_t steps, double lr, double *done)
{
    if (step < warmup)
        return lr * (double)(step + 1) / (double)(warmup + 1);
    *done =
        step >= steps || steps <= warmup ? 1 : (double)(step - warmup) / (double)(steps - warmup);
    return -1;
}

double tt_lr_cosine(int64_t step, int64_t warmup, int64_t steps, double lr, double min_lr)
{
    double done = 0, warm = warm_up(step, warmup, steps, lr, &done);
    return warm >= 0 ? warm : min_lr + (lr - min_lr) * 0.5 * (1 + cos(pi * done));
}

double tt_lr_linear(int64_t step, int64_t warmup, int64_t steps, double lr, double min_lr)
{
    double done = 0, warm = warm_up(step, warmup, steps, lr, &done);
    return warm >= 0 ? warm : lr + (min_lr - lr) * done;
}
