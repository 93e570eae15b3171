/* Recording of calls. Input: a call that has run; output: a node at the end of the tape that c->out
 * points at. Invariant: what the vjp does not read is held as dtype and shape alone. */
#include "tape.h"

static bool hold(tt_tensor **slot, tt_tensor *t, bool with_data)
{
    *slot = tensor_private(t, with_data);
    return *slot != NULL;
}

static bool hold_operands(node *n, op_call *c)
{
    bool ok = hold(&n->out, c->out, c->op->saves & SAVE_OUT);
    for (int i = 0; ok && i < c->n_aux && (c->op->saves & SAVE_AUX); i++)
        ok = hold(&n->aux[i], c->aux[i], true);
    for (int i = 0; ok && i < c->n_in; i++) {
        unsigned bit = i < 16 ? SAVE_IN(i) : SAVE_IN(15);
        ok = hold(&n->in[i], c->in[i], c->op->saves & bit);
        if (ok && c->in[i]->node)
            n->in[i]->node = node_ref(c->in[i]->node);
        if (ok && c->in[i]->leaf)
            n->in[i]->leaf = leaf_ref(c->in[i]->leaf);
    }
    return ok;
}

bool tape_record(op_call *c, size_t attr_size)
{
    tt_ctx *ctx = c->ctx;
    node *n = node_new(ctx, c->n_in, c->attr, attr_size);
    if (!n) {
        ctx_error(ctx, TT_ERR_NOMEM, "%s: out of memory while recording", c->op->name);
        return false;
    }
    n->op = c->op;
    if (!hold_operands(n, c)) {
        node_unref(ctx, n);
        return false;
    }
    c->out->node = n;
    return true;
}
