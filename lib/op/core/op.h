/* An operation is a constant of this type; the tape points at it. There is no enum and no switch.
 * op_apply is the one path of every operation: checks, infer, allocation, forward, recording. */
#ifndef TT_OP_H
#define TT_OP_H

#include <tinytensor/autograd.h>
#include "kernel/walk/kernel.h"
#include "tensor/graph.h"

enum { OP_MAX_OUT = 4, COMPOSED_MAX_IN = 8, NOT_A_VIEW = -1 };

typedef struct op_call op_call;
typedef struct op_grads op_grads;

/* What the vjp reads; everything else is kept as dtype and shape alone. A result that the caller
 * did not ask for is there for the vjp: it is saved, or dropped after forward. */
#define SAVE_IN(i)     (1u << (i))
#define SAVE_IN_ALL    0xffffu
#define SAVE_RESULT(i) (1u << (16 + (i)))
#define SAVE_OUT       SAVE_RESULT(0)
/* A floating result through which no gradient flows (integers have none anyway). */
#define CONSTANT_RESULT(i) (1u << (24 + (i)))

typedef struct op {
    const char *name;               /* used in error texts */
    tt_status (*infer)(op_call *c); /* refuses operands; sets dtype, at, ... of each result */
    void (*forward)(op_call *c); /* NULL for pure views; what it rejects, it records as an error */
    void (*vjp)(const op_call *c, op_grads *g); /* this and composed NULL: no gradient */
    unsigned saves;
    /* The same in public operations: out[i] for each result that has a gradient. A recorded pass
     * differentiates it in place of vjp; the tests compare with it. Of an input that is not saved
     * it is given zeros in such a pass: by that saves says that no derivative depends on the input.
     */
    void (*composed)(const op_call *c, tt_tensor **out);
    bool plain_vjp; /* ... but vjp has a gradient itself, and is what a recorded pass runs */
    /* Forward mode: the tangent of result i into out[i], in public operations, from those of the
     * inputs (NULL: zero); NULL stands for zero there, too. Of c it sees what vjp sees. */
    void (*jvp)(const op_call *c, tt_tensor *const *tangent, tt_tensor **out);
    /* Lets go of what attr points at, which belongs to the call from op_apply on, whether it
     * succeeds or not. Called once for each call: when it fails, wherever that is; after forward,
     * when it is not recorded; or else when its node dies. ctx: of the first operand that is one.
     * It computes nothing. NULL: attr owns nothing. */
    void (*release)(tt_ctx *ctx, const void *attr);
} op;

typedef struct op_result {
    tt_tensor *tensor; /* in vjp: data only where saved, NULL where nothing was kept of it */
    tt_dtype dtype;    /* set by infer, as the layout is */
    layout at;         /* view: offset from the start of the storage */
} op_result;

struct op_call {
    tt_ctx *ctx;
    const op *op;
    int n_in;
    tt_tensor *const *in;
    const void *attr;
    size_t attr_size;
    bool recording;  /* a gradient may be asked for later */
    bool recorded;   /* a node has a copy of attr, and owns what that owns */
    unsigned wanted; /* bit i: the caller takes result i */
    int view_of;     /* set by infer: the input whose storage result 0 shares, or NOT_A_VIEW */
    int n_out;       /* 1, and one more for each infer_also */
    union {
        struct { /* result[0], which is the only one of most operations */
            tt_tensor *out;
            tt_dtype dtype;
            layout at;
        };
        op_result result[OP_MAX_OUT];
    };
};

static inline void op_call_init(op_call *c, const op *o, int n, tt_tensor *const *in,
                                const void *attr, size_t attr_size)
{
    c->op = o;
    c->n_in = n;
    c->in = in;
    c->attr = attr;
    c->attr_size = attr_size;
    c->wanted = 0;
}

/* attr (attr_size bytes) is copied when the call is recorded. Result 0 in the innermost scope, or
 * NULL with the error recorded. */
tt_tensor *op_apply(const op *o, int n, tt_tensor *const *in, const void *attr, size_t attr_size);
/* For several results: *out[i] becomes result i, or NULL after an error; out[i] is NULL where
 * result i is not wanted. False after an error. */
bool op_apply_all(const op *o, int n, tt_tensor *const *in, const void *attr, size_t attr_size,
                  int n_out, tt_tensor **const *out);

/* The context of n operands, or NULL: NULL operand, dead handle, two contexts (recorded), or an
 * error already set. For wrappers that must look at an operand before op_apply. */
tt_ctx *op_context(const char *name, int n, tt_tensor *const *in);

/* Records "name: ..." and returns the code / NULL. */
tt_status op_error(const op_call *c, tt_status code, const char *format, ...) TT_PRINTF(3, 4);
tt_status op_no_arithmetic(const op_call *c); /* the first operand's dtype is none that it takes */
tt_tensor *op_fail(const tt_tensor *x, tt_status code, const char *format, ...) TT_PRINTF(3, 4);
/* The axis in [0, ndim), or -1 with the error recorded. */
int op_axis(const char *name, const tt_tensor *x, int axis, int ndim);
/* Can a result that name makes of x have so many axes? False: no, recorded. */
bool op_can_have_axes(const char *name, const tt_tensor *x, int ndim);
/* The layout of a new tensor of this shape; false: the context had an error, or now has. */
bool op_layout(tt_ctx *ctx, const char *name, int ndim, const int64_t *shape, layout *at);
/* tt_empty() with errors in the name of another function. */
tt_tensor *op_empty(tt_ctx *ctx, const char *name, tt_dtype dtype, int ndim, const int64_t *shape);
/* What a function that returns a status returns after x was refused. */
tt_status op_status(const tt_tensor *x);

/* In-place operations: the context when dst may be written (alive, no error, not read-only, no
 * element of it twice, not part of a recorded graph), else NULL with the error recorded. src may
 * contain NULL entries only where they are optional (n counts the ones given). op_written counts
 * the write for autograd. */
tt_ctx *op_inplace(const char *name, tt_tensor *dst, int n, tt_tensor *const *src);
void op_written(tt_tensor *dst);

/* int32 and uint8 as int64, where no loops of their own would pay; x itself of other dtypes. The
 * second gives a result the dtype that x had: it wraps. */
tt_tensor *op_widened(tt_tensor *x);
tt_tensor *op_narrowed(tt_tensor *y, tt_dtype dtype);

/* For infer: */
tt_status infer_same_shape(op_call *c, tt_dtype dtype); /* c->at from in[0] */
layout *infer_also(op_call *c, tt_dtype dtype);         /* one more result; its layout, to be set */
tt_status infer_broadcast(op_call *c, tt_dtype dtype);  /* of all inputs; error names both shapes */
tt_status check_same_dtype(op_call *c);

/* For forward: */
operand operand_of(tt_tensor *t);
/* t broadcast to shape; *at receives the layout and must outlive the operand. */
operand operand_expand(tt_tensor *t, const layout *shape, layout *at);

/* A jvp of operations that are linear in their only operand: the operation itself. */
void linear_jvp(const op_call *c, tt_tensor *const *tangent, tt_tensor **out);

/* For vjp: */
tt_tensor *grads_out(const op_grads *g); /* gradient with respect to the only result */
/* With respect to one of several results; NULL: none came in. */
tt_tensor *grads_out_of(const op_grads *g, int i);
bool grads_need(const op_grads *g, int i); /* does input i want one */
/* Adds t to the gradient of input i, summing broadcast axes back; NULL t is ignored. */
void grads_add(op_grads *g, int i, tt_tensor *t);
/* For a view of a part of input i: adds t to that part of the gradient, if there is one that may be
 * written, so that many small parts do not cost a whole tensor each. inside: where the part lies in
 * a contiguous tensor of the input's shape. False: nothing was done. */
bool grads_add_part(op_grads *g, int i, tt_tensor *t, const layout *inside);
/* What is pending for input i, where it may be added to in place: it lasts as long as the vjp.
 * NULL: nothing is, or others can see it. */
tt_tensor *grads_pending(op_grads *g, int i);

#endif
