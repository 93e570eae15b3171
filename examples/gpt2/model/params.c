/* The table of parameters. Input: a configuration; output: names, shapes and, once there are
 * weights, tensors, in the order of Hugging Face's files. Invariant: the named parameters of a
 * model and of its blocks point into the table, which is never moved. */
#include "params.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gpt2_param *add(gpt2 *m, const char *name, int ndim, int64_t rows, int64_t cols)
{
    gpt2_param *p = &m->params[m->n_params++];
    snprintf(p->name, sizeof p->name, "%s", name);
    p->ndim = ndim;
    p->shape[0] = rows;
    p->shape[1] = cols;
    return p;
}

static gpt2_param *in_block(gpt2 *m, int64_t layer, const char *name, int ndim, int64_t rows,
                            int64_t cols)
{
    char full[48];
    snprintf(full, sizeof full, "h.%lld.%s", (long long)layer, name);
    return add(m, full, ndim, rows, cols);
}

static gpt2_block make_block(gpt2 *m, int64_t i)
{
    int64_t c = m->config.n_embd, inner = m->config.n_inner;
    gpt2_block b;
    b.ln_1_w = in_block(m, i, "ln_1.weight", 1, c, 0);
    b.ln_1_b = in_block(m, i, "ln_1.bias", 1, c, 0);
    b.attn_w = in_block(m, i, "attn.c_attn.weight", 2, c, 3 * c);
    b.attn_b = in_block(m, i, "attn.c_attn.bias", 1, 3 * c, 0);
    b.attn_proj_w = in_block(m, i, "attn.c_proj.weight", 2, c, c);
    b.attn_proj_b = in_block(m, i, "attn.c_proj.bias", 1, c, 0);
    b.ln_2_w = in_block(m, i, "ln_2.weight", 1, c, 0);
    b.ln_2_b = in_block(m, i, "ln_2.bias", 1, c, 0);
    b.fc_w = in_block(m, i, "mlp.c_fc.weight", 2, c, inner);
    b.fc_b = in_block(m, i, "mlp.c_fc.bias", 1, inner, 0);
    b.proj_w = in_block(m, i, "mlp.c_proj.weight", 2, inner, c);
    b.proj_b = in_block(m, i, "mlp.c_proj.bias", 1, c, 0);
    return b;
}

void gpt2_make(gpt2 *m, tt_ctx *ctx, const gpt2_config *config)
{
    *m = (gpt2){.ctx = ctx, .config = *config};
    int64_t c = config->n_embd;
    m->params = calloc((size_t)(12 * config->n_layer + 5), sizeof *m->params);
    m->blocks = calloc((size_t)config->n_layer + 1, sizeof *m->blocks);
    m->leaves = calloc((size_t)(12 * config->n_layer + 5), sizeof(tt_tensor *));
    if (!m->params || !m->blocks || !m->leaves) {
        tt_error_set(ctx, TT_ERR_NOMEM, "no memory for %lld layers", (long long)config->n_layer);
        return;
    }
    m->wte = add(m, "wte.weight", 2, config->vocab_size, c);
    m->wpe = add(m, "wpe.weight", 2, config->n_positions, c);
    for (int64_t i = 0; i < config->n_layer; i++)
        m->blocks[i] = make_block(m, i);
    m->ln_f_w = add(m, "ln_f.weight", 1, c, 0);
    m->ln_f_b = add(m, "ln_f.bias", 1, c, 0);
    m->head =
        config->tie_word_embeddings ? m->wte : add(m, "lm_head.weight", 2, config->vocab_size, c);
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);
    return n >= k && strcmp(s + n - k, end) == 0;
}

void gpt2_init(gpt2 *m)
{
    for (int i = 0; i < m->n_params; i++) {
        gpt2_param *p = &m->params[i];
        double std = ends_with(p->name, "c_proj.weight")
                         ? 0.02 / sqrt(2.0 * (double)m->config.n_layer)
                         : 0.02;
        p->x = tt_param(tt_zeros(m->ctx, TT_F32, p->ndim, p->shape));
        if (p->ndim == 2)
            tt_init_normal_(p->x, 0, std);
        else if (ends_with(p->name, ".weight"))
            tt_init_ones_(p->x); /* of a layer norm */
        m->leaves[i] = p->x;
    }
}

void gpt2_trainable(gpt2 *m)
{
    for (int i = 0; i < m->n_params; i++)
        m->leaves[i] = m->params[i].x = tt_param(tt_clone(m->params[i].x));
}

static int64_t count(const gpt2_param *p)
{
    return p->shape[0] * (p->ndim == 2 ? p->shape[1] : 1);
}

int64_t gpt2_size(const gpt2 *m)
{
    int64_t n = 0;
    for (int i = 0; i < m->n_params; i++)
        n += count(&m->params[i]);
    return n;
}

int64_t gpt2_bytes(const gpt2 *m)
{
    int64_t n = 0;
    for (int i = 0; i < m->n_params; i++)
        n += count(&m->params[i]) * (int64_t)tt_itemsize(tt_dtype_of(m->params[i].x));
    return n;
}

void gpt2_free(gpt2 *m)
{
    free(m->params);
    free(m->blocks);
    free(m->leaves);
    *m = (gpt2){0};
}
