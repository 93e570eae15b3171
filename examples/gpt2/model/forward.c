/* From ids to logits. Read block() first: it is the whole architecture. Input: a model with all of
 * its parameters, and ids within its vocabulary; invariant: the result is the same with a cache and
 * without, and with blocks that are computed again. */
#include "forward.h"

#include <math.h>
#include <stdlib.h>

#include "common/progress.h"

tt_dtype gpt2_dtype(const gpt2 *m)
{
    return tt_dtype_of(m->ln_f_w->x) == TT_F64 ? TT_F64 : TT_F32;
}

static tt_tensor *linear(tt_tensor *x, const gpt2_param *w, const gpt2_param *b)
{
    return tt_linear(x, tt_transpose(w->x, 0, 1), b ? b->x : NULL);
}

static tt_tensor *norm(const gpt2 *m, tt_tensor *x, const gpt2_param *w, const gpt2_param *b)
{
    return tt_layer_norm(x, w->x, b->x, m->config.layer_norm_epsilon);
}

/* Appends k and v to layer i of the cache, and gives what it holds then. */
static void extend(gpt2_cache *cache, int64_t i, tt_tensor **k, tt_tensor **v)
{
    int64_t t = tt_size(*k, 2);
    tt_copy_(tt_narrow(cache->k[i], 2, cache->length, t), *k);
    tt_copy_(tt_narrow(cache->v[i], 2, cache->length, t), *v);
    *k = tt_narrow(cache->k[i], 2, 0, cache->length + t);
    *v = tt_narrow(cache->v[i], 2, 0, cache->length + t);
}

/* With dropout the probabilities must be seen. */
static tt_tensor *attend_with_dropout(const gpt2 *m, tt_tensor *q, tt_tensor *k, tt_tensor *v)
{
    tt_tensor *s = tt_matmul(q, tt_transpose(k, -1, -2));
    s = tt_mul_scalar(s, 1 / sqrt((double)tt_size(q, -1)));
    tt_tensor *ones = tt_ones(m->ctx, TT_BOOL, TT_SHAPE(tt_size(s, -2), tt_size(s, -1)));
    s = tt_masked_fill(s, tt_triu(ones, 1), -(double)INFINITY);
    return tt_matmul(tt_dropout(tt_softmax(s, -1), m->dropout), v);
}

static tt_tensor *attention(const gpt2 *m, const gpt2_block *b, int64_t layer, tt_tensor *x,
                            gpt2_cache *cache)
{
    int64_t heads = m->config.n_head, size = m->config.n_embd / heads;
    tt_tensor *qkv = linear(x, b->attn_w, b->attn_b), *part[3];
    /* b t (three h d) -> three b h t d */
    qkv = tt_permute(tt_unflatten(qkv, 2, TT_SHAPE(3, heads, size)), TT_AXES(2, 0, 3, 1, 4));
    if (tt_unbind(qkv, 0, 3, part) != 3)
        return NULL;
    bool causal = tt_size(x, 1) > 1; /* a single token attends to all there is */
    if (cache)
        extend(cache, layer, &part[1], &part[2]);
    tt_tensor *y =
        m->dropout > 0 && tt_is_training(m->ctx)
            ? attend_with_dropout(m, part[0], part[1], part[2])
            : tt_scaled_dot_product_attention(part[0], part[1], part[2], NULL, causal, 0);
    y = tt_flatten(tt_transpose(y, 1, 2), 2, 3); /* b h t d -> b t (h d) */
    return tt_dropout(linear(y, b->attn_proj_w, b->attn_proj_b), m->dropout);
}

static tt_tensor *mlp(const gpt2 *m, const gpt2_block *b, tt_tensor *x)
{
    x = linear(x, b->fc_w, b->fc_b);
    x = m->config.activation == GPT2_GELU ? tt_gelu(x) : tt_gelu_tanh(x);
    return tt_dropout(linear(x, b->proj_w, b->proj_b), m->dropout);
}

/* In a scope of its own: of its tensors only those stay that the way back needs. */
static tt_tensor *block(const gpt2 *m, int64_t i, tt_tensor *x, gpt2_cache *cache)
{
    const gpt2_block *b = &m->blocks[i];
    tt_scope s = tt_scope_begin(m->ctx, tt_requires_grad(x) ? TT_GRAD : TT_NO_GRAD);
    x = tt_add(x, attention(m, b, i, norm(m, x, b->ln_1_w, b->ln_1_b), cache));
    x = tt_keep(tt_add(x, mlp(m, b, norm(m, x, b->ln_2_w, b->ln_2_b))));
    tt_scope_end(m->ctx, s);
    return x;
}

/* A block as tt_checkpoint() calls it: the number of the layer is an input, since `user` is the
 * model. */
static tt_tensor *block_again(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    (void)ctx, (void)n;
    return block(user, tt_item_i64(in[1]), in[0], NULL);
}

tt_tensor *gpt2_hidden(gpt2 *m, tt_tensor *ids, gpt2_cache *cache)
{
    int64_t from = cache ? cache->length : 0, t = tt_size(ids, 1);
    tt_tensor *place = tt_arange(m->ctx, TT_I64, (double)from, (double)(from + t), 1);
    tt_tensor *x = tt_add(tt_embedding(m->wte->x, ids), tt_embedding(m->wpe->x, place));
    x = tt_dropout(x, m->dropout);
    for (int64_t i = 0; i < m->config.n_layer; i++) {
        tt_tensor *in[] = {x, m->recompute ? tt_scalar(m->ctx, TT_I64, (double)i) : NULL};
        x = m->recompute ? tt_checkpoint(m->ctx, block_again, m, 2, in) : block(m, i, x, cache);
        if (m->watched)
            progress_step(i + 1, NULL);
    }
    if (cache)
        cache->length += t;
    return norm(m, x, m->ln_f_w, m->ln_f_b);
}

tt_tensor *gpt2_logits(gpt2 *m, tt_tensor *hidden)
{
    return tt_linear(hidden, m->head->x, NULL);
}

tt_tensor *gpt2_loss(gpt2 *m, tt_tensor *ids, tt_tensor *targets)
{
    return tt_linear_cross_entropy(gpt2_hidden(m, ids, NULL), m->head->x, targets, -100);
}

gpt2_cache gpt2_cache_make(gpt2 *m)
{
    int64_t n = m->config.n_layer, heads = m->config.n_head;
    gpt2_cache c = {0, calloc((size_t)n + 1, sizeof *c.k), calloc((size_t)n + 1, sizeof *c.v)};
    for (int64_t i = 0; i < n && c.k && c.v; i++) {
        const int64_t shape[] = {1, heads, m->config.n_positions, m->config.n_embd / heads};
        c.k[i] = tt_zeros(m->ctx, gpt2_dtype(m), 4, shape);
        c.v[i] = tt_zeros(m->ctx, gpt2_dtype(m), 4, shape);
    }
    if (!c.k || !c.v)
        tt_error_set(m->ctx, TT_ERR_NOMEM, "no memory for %lld layers", (long long)n);
    return c;
}

void gpt2_cache_free(gpt2_cache *c)
{
    free(c->k);
    free(c->v);
    *c = (gpt2_cache){0};
}
