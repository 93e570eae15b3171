/* The table of all calls: the rows of calls.def, and of the operations that are rows themselves. */
#include "calls.h"
#include "files.h"

static void on_free(void *user)
{
    (void)user;
}

static tt_tensor *product(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    (void)ctx, (void)n, (void)user;
    return tt_mul(tt_exp(in[0]), in[1]);
}

static tt_tensor *zeroed(tt_tensor *x)
{
    return x && tt_zero_(x) == TT_OK ? x : NULL;
}

/* The results of a function that fills a list, as one tensor. */
static tt_tensor *joined(tt_status status, int n, tt_tensor **out)
{
    tt_tensor *sum = NULL;
    for (int i = 0; status >= 0 && i < n; i++) {
        tt_tensor *part = tt_sum(tt_square(out[i]), TT_ALL_AXES, false);
        sum = i ? tt_add(sum, part) : part;
    }
    return sum;
}

/* (1, 1, 2, 2), of y. */
static tt_tensor *call_kernel(stage *s)
{
    tt_tensor *corner = tt_narrow(tt_narrow(s->y, 0, 0, 2), 1, 0, 2);
    return tt_unsqueeze(tt_unsqueeze(corner, 0), 0);
}

static tt_status call_error_set(stage *s)
{
    tt_status status = tt_error_set(s->ctx, TT_ERR_ARG, "stage: %d", 3);
    tt_error_clear(s->ctx);
    return status;
}

static bool call_ctx_new(stage *s)
{
    tt_ctx *ctx = tt_ctx_new();
    (void)s;
    tt_ctx_free(ctx);
    return ctx != NULL;
}

static bool call_ctx_new_with(stage *s)
{
    tt_ctx *ctx = counted(&s->count); /* tt_ctx_new_with() */
    tt_ctx_free(ctx);
    return ctx != NULL;
}

static bool call_ctx_alloc(stage *s)
{
    void *p = tt_ctx_alloc(s->ctx, 1000);
    tt_ctx_dealloc(s->ctx, p);
    return p != NULL;
}

static bool call_scope_begin(stage *s)
{
    tt_scope first = tt_scope_begin(s->ctx, TT_NO_GRAD);
    bool all = first.mark != 0;
    for (int i = 0; all && i < 20; i++) /* more than a context has room for at first */
        all = tt_scope_begin(s->ctx, TT_GRAD).mark != 0;
    tt_scope_end(s->ctx, first);
    return all;
}

static tt_tensor *call_borrow(stage *s)
{
    static double memory[4] = {1, 2, 3, 4};
    return tt_borrow(s->ctx, TT_F64, TT_SHAPE(2, 2), (int64_t[]){1, 2}, memory, on_free, NULL);
}

static tt_tensor *call_unbind(stage *s)
{
    tt_tensor *out[3] = {NULL};
    tt_tensor *three = tt_narrow(s->x, 0, 0, 3);
    return joined(tt_unbind(three, 0, 3, out) == 3 ? TT_OK : TT_ERR_NOMEM, 3, out);
}

static tt_tensor *call_split(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_split(s->x, 1, 2, (int64_t[]){1, s->c - 1}, out), 2, out);
}

static tt_tensor *call_chunk(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_chunk(s->x, 1, 2, out), 2, out);
}

static tt_tensor *call_meshgrid(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_meshgrid(TT_TENSORS(s->v, tt_select(s->x, 1, 0)), out), 2, out);
}

/* Symmetric and positive definite. */
static tt_tensor *definite(tt_tensor *x)
{
    return tt_add(tt_matmul(x, tt_transpose(x, 0, 1)),
                  tt_mul_scalar(tt_eye(tt_ctx_of(x), TT_F32, tt_size(x, 0), tt_size(x, 0)), 9));
}

/* Of full rank. */
static tt_tensor *regular(tt_tensor *x)
{
    return tt_add(x, tt_mul_scalar(tt_eye(tt_ctx_of(x), TT_F32, tt_size(x, 0), tt_size(x, 1)), 99));
}

static tt_tensor *call_qr(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_qr(tt_transpose(regular(s->x), 0, 1), &out[0], &out[1]), 2, out);
}

static tt_tensor *call_qr_complete(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_qr_complete(regular(s->x), &out[0], &out[1]), 2, out);
}

static tt_tensor *call_svd(stage *s)
{
    tt_tensor *out[3] = {NULL};
    return joined(tt_svd(s->x, false, &out[0], &out[1], &out[2]), 3, out);
}

/* What bases span, whichever they are. */
static tt_tensor *call_orth(stage *s)
{
    tt_tensor *q = tt_orth(regular(s->x), 0);
    return tt_matmul(q, tt_transpose(q, 0, 1));
}

static tt_tensor *call_null_space(stage *s)
{
    tt_tensor *q = tt_null_space(regular(s->x), 0);
    return tt_matmul(q, tt_transpose(q, 0, 1));
}

static tt_tensor *call_factored_svd(stage *s)
{
    tt_tensor *out[3] = {NULL}, *x = tt_transpose(regular(s->x), 0, 1);
    return joined(tt_factored_svd(x, regular(s->y), &out[0], &out[1], &out[2]), 3, out);
}

static tt_tensor *call_factored_eigvals(stage *s)
{
    tt_tensor *out[2] = {NULL}, *x = tt_transpose(s->x, 0, 1);
    return joined(tt_factored_eigvals(regular(s->y), x, &out[0], &out[1]), 2, out);
}

static tt_tensor *call_lu(stage *s)
{
    tt_tensor *out[3] = {NULL};
    return joined(tt_lu(regular(s->x), &out[0], &out[1], &out[2]), 3, out);
}

static tt_tensor *call_eig(stage *s)
{
    tt_tensor *out[4] = {NULL}, *far = tt_arange(s->ctx, TT_F32, 0, 99 * (double)s->r, 99);
    tt_tensor *x = tt_add(tt_narrow(s->x, 1, 0, s->r), tt_diag(far, 0));
    return joined(tt_eig(x, &out[0], &out[1], &out[2], &out[3]), 4, out);
}

static tt_tensor *call_eigvals(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_eigvals(definite(s->x), &out[0], &out[1]), 2, out);
}

static tt_tensor *call_eigh(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_eigh(definite(s->x), &out[0], &out[1]), 2, out);
}

static tt_tensor *call_broadcast_tensors(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_broadcast_tensors(TT_TENSORS(s->x, s->x), out), 2, out);
}

static bool call_broadcast_shapes(stage *s)
{
    int ndim;
    int64_t shape[TT_MAX_NDIM];
    return tt_broadcast_shapes(s->ctx, TT_SHAPE(3, 1), TT_SHAPE(2), &ndim, shape) == TT_OK;
}

static tt_tensor *call_sort(stage *s)
{
    tt_tensor *places, *y = tt_sort(s->x, 0, true, &places);
    return tt_add(y, tt_cast(places, TT_F32));
}

static tt_tensor *call_topk(stage *s)
{
    tt_tensor *places, *y = tt_topk(s->x, 2, 0, true, &places);
    return tt_add(y, tt_cast(places, TT_F32));
}

static tt_tensor *call_unique(stage *s)
{
    tt_tensor *inverse, *counts, *y = tt_unique(s->i, &inverse, &counts);
    return tt_add(tt_take(tt_add(y, counts), 0, inverse), s->i);
}

static tt_tensor *call_unique_axis(stage *s)
{
    tt_tensor *inverse, *counts, *y = tt_unique_axis(s->i, 1, &inverse, &counts);
    return tt_take(tt_add(y, counts), 1, inverse);
}

static tt_tensor *call_unravel_index(stage *s)
{
    tt_tensor *out[2] = {NULL};
    return joined(tt_unravel_index(s->i, TT_SHAPE(2, 2), out), 2, out);
}

static tt_tensor *call_dropout(stage *s)
{
    tt_set_training(s->ctx, true);
    tt_seed(s->ctx, 3); /* the pass back may fail after the dropout */
    return tt_dropout(s->x, 0.4);
}

static tt_tensor *call_cross_entropy_with(stage *s)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.label_smoothing = 0.1;
    o.weight = tt_detach(s->v);
    return o.weight ? tt_cross_entropy_with(s->x, s->t, &o) : NULL;
}

/* States of r numbers for r rows of c. */
static tt_tensor *call_gru_cell(stage *s)
{
    const int64_t three[] = {3, 1};
    return tt_gru_cell(s->x, tt_narrow(s->y, 1, 0, s->r), tt_tile(s->x, 2, three),
                       tt_tile(tt_narrow(s->z, 1, 0, s->r), 2, three), NULL, NULL);
}

static tt_tensor *call_lstm_cell(stage *s)
{
    const int64_t four[] = {4, 1};
    tt_tensor *state = tt_narrow(s->y, 1, 0, s->r), *memory = NULL;
    tt_tensor *h = tt_lstm_cell(s->x, state, state, tt_tile(s->x, 2, four),
                                tt_tile(tt_narrow(s->z, 1, 0, s->r), 2, four), NULL, NULL, &memory);
    return tt_add(h, memory);
}

static tt_status call_einsum_path(stage *s)
{
    char text[200];
    return tt_einsum_path("ij,kj,kl->il", TT_TENSORS(s->x, s->y, s->z), text, sizeof text);
}

static tt_tensor *call_pack(stage *s)
{
    tt_packing ps;
    return tt_pack(TT_TENSORS(s->x, s->v), "* c", &ps);
}

static tt_tensor *call_unpack(stage *s)
{
    const tt_packed parts[] = {{1, {1}}, {1, {-1}}};
    tt_tensor *out[2] = {NULL};
    int n = tt_unpack(s->x, &(tt_packing){2, parts, NULL}, "r *", 2, out);
    return joined(n == 2 ? TT_OK : TT_ERR_NOMEM, 2, out);
}

static tt_status call_parse_shape(stage *s)
{
    tt_axis_size sizes[2];
    return tt_parse_shape(s->x, "a b", 2, sizes);
}

static tt_tensor *call_grads_of(stage *s)
{
    tt_tensor *out[2] = {NULL}, *xs[] = {s->x, s->y};
    tt_tensor *y = tt_sum(tt_mul(tt_exp(s->x), s->y), TT_ALL_AXES, false);
    return joined(tt_grads_of(y, 2, xs, TT_CREATE_GRAPH, out), 2, out);
}

static tt_tensor *halved(tt_tensor *grad, void *user)
{
    (void)user;
    return tt_mul_scalar(grad, 0.5);
}

/* The function stays with the tensor, hence one of its own, which the pass reaches. */
static tt_status call_on_grad(stage *s)
{
    tt_tensor *y = tt_square(s->x);
    tt_status status = tt_on_grad(y, halved, NULL);
    return status < 0 ? status : tt_backward(tt_sum(y, TT_ALL_AXES, false));
}

static bool made(tt_optim *o)
{
    tt_optim_free(o);
    return o != NULL;
}

static bool call_sgd(stage *s)
{
    tt_sgd_options o = TT_SGD_OPTIONS_INIT;
    o.momentum = 0.9;
    return made(tt_sgd(s->ctx, TT_TENSORS(s->a, s->v), 0.5, &o));
}

static bool call_adam(stage *s)
{
    return made(tt_adam(s->ctx, TT_TENSORS(s->a, s->v), 0.5, NULL));
}

static bool call_adamw(stage *s)
{
    return made(tt_adamw(s->ctx, TT_TENSORS(s->a, s->v), 0.5, NULL));
}

static tt_status call_adam_step_(stage *s)
{
    static float m[1000], v[1000];
    for (int i = 0; i < 1000; i++)
        m[i] = v[i] = 0;
    tt_step_slot slot = {s->a, m, v};
    return tt_adam_step_(1, &slot, &(tt_adam_hyper){0.1, 0.9, 0.99, 1e-8, 0, true, 1});
}

static tt_status call_sgd_step_(stage *s)
{
    tt_step_slot slot = {s->a, NULL, NULL};
    return tt_sgd_step_(1, &slot, &(tt_sgd_hyper){0.1, 0, 0, 0, false, 1});
}

/* A result and, where it has one, its gradient. */
static bool differentiated(stage *s, tt_tensor *y)
{
    s->result = y;
    return y && (!tt_requires_grad(y) || tt_backward_with(y, tt_ones_like(y), 0) == TT_OK);
}

#define CALL(name, worked)                                                                         \
    static bool run_##name(stage *s)                                                               \
    {                                                                                              \
        tt_ctx *ctx = s->ctx;                                                                      \
        tt_tensor *x = s->x, *y = s->y, *z = s->z, *p = s->p, *q = s->q, *b = s->b;                \
        (void)ctx, (void)x, (void)y, (void)z, (void)p, (void)q, (void)b;                           \
        return worked;                                                                             \
    }
#define TENSOR(name, call) CALL(name, differentiated(s, call))
#define STATUS(name, call) CALL(name, (call) == TT_OK)
#define COUNT(name, call)  CALL(name, (call) >= 0)
#define WORKS(name, call)  CALL(name, call)
#define ASKS(name, call)   CALL(name, ((void)(call), true))
#include "every_call.h"

const call calls[] = {
#define ROW(name, call, asks) {#name, #call, run_##name, asks},
#define TENSOR(name, call)    ROW(name, call, false)
#define STATUS(name, call)    ROW(name, call, false)
#define COUNT(name, call)     ROW(name, call, false)
#define WORKS(name, call)     ROW(name, call, false)
#define ASKS(name, call)      ROW(name, call, true)
#include "every_call.h"
};
const int calls_count = sizeof calls / sizeof *calls;
