/* Functions that are compositions of public operations: the plain losses. Invariant: what a loss
 * compares has one shape, for one of broadcast operands trains something else without a word. */
#include <math.h>
#include <tinytensor/tinytensor.h>
#include "kernel/nn/loss.h"
#include "op/core/op.h"
#include "op/nn/reduced.h"

/* Floats of one dtype? */
static bool pair_of_floats(const char *name, tt_tensor *x, tt_tensor *y)
{
    tt_tensor *in[] = {x, y};
    if (!op_context(name, 2, in))
        return false;
    if (x->dtype == y->dtype && dtype_is_float(x->dtype))
        return true;
    op_fail(x, TT_ERR_DTYPE, "%s: %s and %s; both are float32 or both float64", name,
            tt_dtype_name(x->dtype), tt_dtype_name(y->dtype));
    return false;
}

/* ... and one shape? */
static bool pair_fits(const char *name, const char *first, tt_tensor *x, const char *second,
                      tt_tensor *y)
{
    if (!pair_of_floats(name, x, y))
        return false;
    if (layout_same_shape(&x->at, &y->at))
        return true;
    op_fail(x, TT_ERR_SHAPE,
            "%s: %s is %s, %s %s; both need one shape: tt_reshape or tt_expand one", name, first,
            describe(x).s, second, describe(y).s);
    return false;
}

/* ... or shapes that broadcast? Then to which. */
static bool pair_broadcasts(const char *name, tt_tensor *x, tt_tensor *y, layout *both)
{
    if (!pair_of_floats(name, x, y))
        return false;
    if (layout_broadcast(both, &x->at, &y->at))
        return true;
    op_fail(x, TT_ERR_SHAPE, "%s: shapes do not broadcast: %s and %s", name, describe(x).s,
            describe(y).s);
    return false;
}

tt_tensor *loss_reduced(const char *name, tt_tensor *losses, tt_loss_reduction how)
{
    switch (losses ? how : TT_LOSS_NONE) {
    case TT_LOSS_NONE:
        return losses;
    case TT_LOSS_SUM:
        return tt_sum(losses, TT_ALL_AXES, false);
    case TT_LOSS_MEAN:
        return tt_mean(losses, TT_ALL_AXES, false);
    }
    return op_fail(losses, TT_ERR_ARG, "%s: there is no reduction %d", name, (int)how);
}

tt_tensor *tt_mse_loss_with(tt_tensor *x, tt_tensor *y, tt_loss_reduction reduction)
{
    if (!pair_fits("mse_loss", "x", x, "y", y))
        return NULL;
    return loss_reduced("mse_loss", tt_square(tt_sub(x, y)), reduction);
}

tt_tensor *tt_mse_loss(tt_tensor *x, tt_tensor *y)
{
    return tt_mse_loss_with(x, y, TT_LOSS_MEAN);
}

tt_tensor *tt_l1_loss_with(tt_tensor *x, tt_tensor *y, tt_loss_reduction reduction)
{
    if (!pair_fits("l1_loss", "x", x, "y", y))
        return NULL;
    return loss_reduced("l1_loss", tt_abs(tt_sub(x, y)), reduction);
}

tt_tensor *tt_l1_loss(tt_tensor *x, tt_tensor *y)
{
    return tt_l1_loss_with(x, y, TT_LOSS_MEAN);
}

/* m (e - m / 2) with m = e clamped to +-delta: e^2 / 2 inside, and beyond the line that continues
 * it; without |e|, whose second derivative at 0 would be lost. */
tt_tensor *tt_huber_loss_with(tt_tensor *x, tt_tensor *y, double delta, tt_loss_reduction reduction)
{
    if (!pair_fits("huber_loss", "x", x, "y", y))
        return NULL;
    if (!(delta > 0))
        return op_fail(x, TT_ERR_ARG, "huber_loss: delta is %g, not above 0", delta);
    tt_tensor *e = tt_sub(x, y), *m = tt_clamp(e, -delta, delta);
    return loss_reduced("huber_loss", tt_mul(m, tt_sub(e, tt_mul_scalar(m, 0.5))), reduction);
}

tt_tensor *tt_huber_loss(tt_tensor *x, tt_tensor *y, double delta)
{
    return tt_huber_loss_with(x, y, delta, TT_LOSS_MEAN);
}

/* x with the axes that it lacks in front, and along one axis of them as long as the broadcast
 * shape: there each element counts as often as it is repeated. */
static tt_tensor *spread_along(tt_tensor *x, const layout *both, int axis)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < both->ndim; i++) {
        int own = i - both->ndim + x->at.ndim;
        shape[i] = i == axis ? both->shape[i] : own < 0 ? 1 : x->at.shape[own];
    }
    return tt_expand(x, both->ndim, shape);
}

/* x scaled to length 1 along an axis; what is shorter than eps is divided by eps. */
static tt_tensor *unit(tt_tensor *x, int axis, double eps)
{
    tt_tensor *length = tt_norm(x, TT_AXES(axis), 2, true);
    return tt_div(x, tt_clamp(length, eps, (double)INFINITY));
}

/* Each is scaled before the product, which then cannot overflow. */
tt_tensor *tt_cosine_similarity(tt_tensor *x, tt_tensor *y, int axis, double eps)
{
    layout both;
    if (!pair_broadcasts("cosine_similarity", x, y, &both))
        return NULL;
    if (!(eps >= 0))
        return op_fail(x, TT_ERR_ARG, "cosine_similarity: eps is %g, not 0 or above", eps);
    tt_tensor *longer = x->at.ndim < y->at.ndim ? y : x;
    if ((axis = op_axis("cosine_similarity", longer, axis, both.ndim)) < 0)
        return NULL;
    x = spread_along(x, &both, axis);
    y = x ? spread_along(y, &both, axis) : NULL;
    return tt_sum(tt_mul(unit(x, axis, eps), unit(y, axis, eps)), TT_AXES(axis), false);
}

/* p log p is 0 at p = 0: the logarithm is taken of what is above 0 only. */
tt_tensor *tt_kl_div_with(tt_tensor *log_q, tt_tensor *p, tt_loss_reduction reduction)
{
    if (!pair_fits("kl_div", "log_q", log_q, "p", p))
        return NULL;
    tt_tensor *none = tt_le_scalar(p, 0);
    tt_tensor *entropy = tt_mul(p, tt_log(tt_masked_fill(p, none, 1)));
    return loss_reduced("kl_div", tt_sub(entropy, tt_mul(p, log_q)), reduction);
}

tt_tensor *tt_kl_div(tt_tensor *log_q, tt_tensor *p)
{
    return tt_kl_div_with(log_q, p, TT_LOSS_MEAN);
}

/* Is every target a class, or the one to ignore? Here, since for tt_gather() -1 is the last one. */
static bool are_classes(tt_tensor *targets, int64_t classes, int64_t ignore_index)
{
    layout logits;
    int64_t bad, rows = tensor_numel(targets);
    tt_tensor *flat = tt_reshape(targets, TT_SHAPE(rows));
    layout_init(&logits, 2, (int64_t[]){rows, classes});
    if (!flat || cross_entropy_check(&(cross_entropy_args){.logits = {NULL, &logits, TT_F32},
                                                           .targets = operand_of(flat),
                                                           .ignore_index = ignore_index},
                                     &bad))
        return flat != NULL;
    op_fail(targets, TT_ERR_INDEX, "nll_loss: target %lld is not a class in [0, %lld)",
            (long long)bad, (long long)classes);
    return false;
}

/* Are targets (...) class numbers for log_probs (... classes)? */
static bool nll_fits(tt_tensor *log_probs, tt_tensor *targets, int64_t ignore_index)
{
    tt_tensor *in[] = {log_probs, targets};
    if (!op_context("nll_loss", 2, in))
        return false;
    int last = targets->at.ndim;
    bool fits = log_probs->at.ndim == last + 1;
    for (int i = 0; fits && i < last; i++)
        fits = log_probs->at.shape[i] == targets->at.shape[i];
    if (!dtype_is_float(log_probs->dtype) || targets->dtype != TT_I64)
        op_fail(targets, TT_ERR_DTYPE,
                "nll_loss: log_probs are %s, targets %s; float and int64 are needed",
                describe(log_probs).s, describe(targets).s);
    else if (!fits)
        op_fail(targets, TT_ERR_SHAPE,
                "nll_loss: log_probs (... classes) are %s, targets (...) %s; tt_reshape one",
                describe(log_probs).s, describe(targets).s);
    else
        return are_classes(targets, log_probs->at.shape[last], ignore_index);
    return false;
}

tt_tensor *tt_nll_loss_with(tt_tensor *log_probs, tt_tensor *targets, int64_t ignore_index,
                            tt_loss_reduction reduction)
{
    if (!nll_fits(log_probs, targets, ignore_index))
        return NULL;
    tt_tensor *ignored = tt_eq_scalar(targets, (double)ignore_index);
    tt_tensor *at = tt_unsqueeze(tt_masked_fill(targets, ignored, 0), -1);
    tt_tensor *rows = tt_neg(tt_squeeze(tt_gather(log_probs, -1, at), TT_AXES(-1)));
    rows = tt_masked_fill(rows, ignored, 0);
    if (reduction != TT_LOSS_MEAN)
        return loss_reduced("nll_loss", rows, reduction);
    tt_tensor *sum = tt_sum(rows, TT_ALL_AXES, false);
    tt_tensor *ones = tt_count_nonzero(tt_logical_not(ignored), TT_ALL_AXES, false);
    return tt_div(sum, tt_cast(ones, tt_dtype_of(sum)));
}

tt_tensor *tt_nll_loss(tt_tensor *log_probs, tt_tensor *targets, int64_t ignore_index)
{
    return tt_nll_loss_with(log_probs, targets, ignore_index, TT_LOSS_MEAN);
}
