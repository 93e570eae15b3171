/* Recording of calls. Input: a call that has run; output: a node at the end of the tape that the
 * results point at. Invariant: what the vjp does not read is held as dtype and shape alone. */
#include "tape.h"

static bool hold(tt_tensor **slot, tt_tensor *t, bool with_data)
{
    *slot = tensor_private(t, with_data);
    return *slot != NULL;
}

/* The results that the caller takes and that have a gradient, one bit each. */
static unsigned linked(const op_call *c)
{
    unsigned mask = 0;
    for (int i = 0; i < c->n_out; i++)
        if (result_has_gradient(c->op, i, c->result[i].tensor->dtype))
            mask |= 1u << i;
    return mask & c->wanted;
}

static bool hold_results(node *n, const op_call *c, unsigned mask)
{
    bool ok = true;
    for (int i = 0; ok && i < c->n_out; i++) {
        tt_tensor *t = c->result[i].tensor;
        bool data = c->op->saves & SAVE_RESULT(i), link = mask >> i & 1;
        if (link) {
            t->node = node_ref(n);
            t->result = (uint8_t)i;
        }
        if (i == 0 || data || link)
            ok = hold(&n->result[i].saved, t, data);
    }
    return ok;
}

static bool hold_operands(node *n, const op_call *c)
{
    bool ok = true;
    for (int i = 0; ok && i < c->n_in; i++) {
        unsigned bit = i < 16 ? SAVE_IN(i) : SAVE_IN(15);
        ok = hold(&n->in[i], c->in[i], c->op->saves & bit);
        if (ok)
            tensor_link(n->in[i], c->in[i]);
    }
    return ok;
}

bool tape_record(op_call *c)
{
    unsigned mask = linked(c);
    if (!mask)
        return true;
    node *n = node_new(c->ctx, c->n_in, c->n_out, c->attr, c->attr_size);
    if (!n) {
        ctx_error(c->ctx, TT_ERR_NOMEM, "%s: out of memory while recording", c->op->name);
        return false;
    }
    n->op = c->op;
    bool ok = hold_results(n, c, mask) && hold_operands(n, c);
    if (!ok) {
        node_unref(c->ctx, n);
        return false;
    }
    n->release = c->op->release;
    n->refs--; /* the results hold it now */
    c->recorded = true;
    return true;
}
