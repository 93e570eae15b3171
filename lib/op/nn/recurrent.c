/* Recurrent cells, composed of public operations. Input: what one step sees, the state, and the
 * weights; output: the next state. Invariant: shapes are checked here, where the message can name
 * the cell. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>
#include "op/core/op.h"

/* What a cell is given; the biases may be NULL. */
typedef struct cell {
    const char *name;
    int gates;
    tt_tensor *x, *h, *c, *weight_x, *weight_h, *bias_x, *bias_h;
} cell;

/* Is t of these sizes (m 0: one axis)? The error is recorded. */
static bool has_sizes(const cell *c, const char *what, const tt_tensor *t, int64_t n, int64_t m)
{
    tt_ctx *ctx = tt_ctx_of(c->x);
    if (!t || (tt_ndim(t) == (m ? 2 : 1) && tt_size(t, 0) == n && (!m || tt_size(t, 1) == m)))
        return true;
    char text[64];
    snprintf(text, sizeof text, m ? "(%lld, %lld)" : "(%lld,)", (long long)n, (long long)m);
    if (tt_ndim(t) == 1)
        tt_error_set(ctx, TT_ERR_SHAPE, "%s: %s is (%lld,), not %s", c->name, what,
                     (long long)tt_size(t, 0), text);
    else if (tt_ndim(t) == 2)
        tt_error_set(ctx, TT_ERR_SHAPE, "%s: %s is (%lld, %lld), not %s", c->name, what,
                     (long long)tt_size(t, 0), (long long)tt_size(t, 1), text);
    else
        tt_error_set(ctx, TT_ERR_SHAPE, "%s: %s has %d axes, and is not %s", c->name, what,
                     tt_ndim(t), text);
    return false;
}

/* Do x (... in) and the states (... hidden) have the same leading axes? */
static bool states_fit(const cell *c)
{
    int n = tt_ndim(c->x);
    bool same = n > 0 && tt_ndim(c->h) == n && (!c->c || tt_same_shape(c->c, c->h));
    for (int i = 0; same && i + 1 < n; i++)
        same = tt_size(c->x, i) == tt_size(c->h, i);
    if (!same)
        op_fail(c->x, TT_ERR_SHAPE,
                c->c ? "%s: x (... in), h (... hidden) and c (... hidden) differ in what is before "
                       "their last axis, or h and c in it: they are %s, %s and %s"
                     : "%s: x (... in) and h (... hidden) differ in what is before their last "
                       "axis: they are %s and %s",
                c->name, describe(c->x).s, describe(c->h).s, c->c ? describe(c->c).s : "");
    return same;
}

/* Sizes that the operations would accept, or report in the name of another. What is NULL, dead or
 * of another context they report. */
static bool fits(const cell *c)
{
    const tt_tensor *all[] = {c->x, c->h, c->weight_x, c->weight_h};
    for (int i = 0; i < 4; i++)
        if (!tt_ctx_of(all[i]) || !tt_ok(tt_ctx_of(all[i])))
            return true;
    if (!states_fit(c))
        return false;
    int64_t in = tt_size(c->x, -1), hidden = tt_size(c->h, -1), rows = c->gates * hidden;
    return has_sizes(c, "weight_x", c->weight_x, rows, in) &&
           has_sizes(c, "weight_h", c->weight_h, rows, hidden) &&
           has_sizes(c, "bias_x", c->bias_x, rows, 0) && has_sizes(c, "bias_h", c->bias_h, rows, 0);
}

/* Part i of the gates, which lie one after the other along the last axis. */
static tt_tensor *part(const cell *c, tt_tensor *gates, int i)
{
    int64_t hidden = tt_size(c->h, -1);
    return gates ? tt_narrow(gates, -1, i * hidden, hidden) : NULL;
}

tt_tensor *tt_gru_cell(tt_tensor *x, tt_tensor *h, tt_tensor *weight_x, tt_tensor *weight_h,
                       tt_tensor *bias_x, tt_tensor *bias_h)
{
    const cell c = {"gru_cell", 3, x, h, NULL, weight_x, weight_h, bias_x, bias_h};
    if (!fits(&c))
        return NULL;
    tt_tensor *a = tt_linear(x, weight_x, bias_x), *b = tt_linear(h, weight_h, bias_h);
    tt_tensor *r = tt_sigmoid(tt_add(part(&c, a, 0), part(&c, b, 0)));
    tt_tensor *z = tt_sigmoid(tt_add(part(&c, a, 1), part(&c, b, 1)));
    tt_tensor *n = tt_tanh(tt_add(part(&c, a, 2), tt_mul(r, part(&c, b, 2))));
    return tt_add(n, tt_mul(z, tt_sub(h, n)));
}

tt_tensor *tt_lstm_cell(tt_tensor *x, tt_tensor *h, tt_tensor *c, tt_tensor *weight_x,
                        tt_tensor *weight_h, tt_tensor *bias_x, tt_tensor *bias_h,
                        tt_tensor **c_out)
{
    const cell k = {"lstm_cell", 4, x, h, c, weight_x, weight_h, bias_x, bias_h};
    if (c_out)
        *c_out = NULL;
    if (!fits(&k))
        return NULL;
    tt_tensor *a = tt_add(tt_linear(x, weight_x, bias_x), tt_linear(h, weight_h, bias_h));
    tt_tensor *i = tt_sigmoid(part(&k, a, 0)), *f = tt_sigmoid(part(&k, a, 1));
    tt_tensor *g = tt_tanh(part(&k, a, 2)), *o = tt_sigmoid(part(&k, a, 3));
    tt_tensor *memory = tt_add(tt_mul(f, c), tt_mul(i, g));
    tt_tensor *state = tt_mul(o, tt_tanh(memory));
    if (c_out && state)
        *c_out = memory;
    return state;
}
