/* Prints the table of docs/einops.md: runs each example and tells the shape of its result, and
 * whether that is a view. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

typedef enum function {
    NONE,
    rearrange,
    rearrange_list,
    reduce,
    repeat,
    einsum,
    pack,
    unpack,
    parse_shape
} function;

typedef struct row {
    const char *group;
    function function;
    const char *name, *shapes, *pattern, *extra;
} row;

static const row rows[] = {
#define GROUP(title) {title, NONE, "", "", "", ""},
#define EXAMPLE(function, shapes, pattern, extra)                                                  \
    {NULL, function, #function, shapes, pattern, extra},
#include "examples.def"
};

enum { TENSORS = 64 };

/* The shapes in a text such as "2 3; 3 4" or "32 * 30 40 3"; how many there are. */
static int read_shapes(const char *text, tt_packed *shape)
{
    int n = 0, times = 1;
    shape[0] = (tt_packed){0, {0}};
    while (*text) {
        if (*text >= '0' && *text <= '9') {
            char *end;
            shape[n].shape[shape[n].ndim++] = strtol(text, &end, 10);
            text = end;
            continue;
        }
        if (*text == '*') {
            times = (int)shape[0].shape[0];
            shape[0].ndim = 0;
        }
        if (*text == ';')
            shape[++n] = (tt_packed){0, {0}};
        text++;
    }
    for (int i = 1; i < times; i++)
        shape[i] = shape[0];
    return times > 1 ? times : n + 1;
}

static void put_shape(int ndim, const int64_t *shape)
{
    printf("(");
    for (int i = 0; i < ndim; i++)
        printf("%s%lld", i ? ", " : "", (long long)shape[i]);
    printf(ndim == 1 ? ",)" : ")");
}

static void put_operands(const row *r, int n, const tt_packed *shape)
{
    if (r->function == rearrange_list) {
        printf("%d of ", n);
        n = 1;
    }
    for (int i = 0; i < n; i++) {
        printf("%s", i ? ", " : "");
        put_shape((int)shape[i].ndim, shape[i].shape);
    }
}

static tt_reduction reduction_of(const char *name)
{
    static const char *const names[] = {"sum", "mean", "max", "min", "prod", "any", "all"};
    int i = 0;
    while (strcmp(names[i], name) != 0)
        i++;
    return (tt_reduction)i;
}

/* What the call gives: tensors in out, how many. */
static int call(const row *r, int n, tt_tensor **x, tt_tensor **out)
{
    tt_packed parts[TENSORS];
    switch (r->function) {
    case rearrange:
        out[0] = tt_rearrange(x[0], "%s", r->pattern);
        return 1;
    case rearrange_list:
        out[0] = tt_rearrange_list(n, x, "%s", r->pattern);
        return 1;
    case reduce:
        out[0] = tt_reduce(x[0], "%s", reduction_of(r->extra), r->pattern);
        return 1;
    case repeat:
        out[0] = tt_repeat(x[0], "%s", r->pattern);
        return 1;
    case einsum:
        out[0] = tt_einsum(r->pattern, n, x);
        return 1;
    case pack:
        out[0] = tt_pack(n, x, r->pattern, NULL);
        return 1;
    default:
        return tt_unpack(x[0], &(tt_packing){read_shapes(r->extra, parts), parts, NULL}, r->pattern,
                         TENSORS, out);
    }
}

static void put_sizes(const row *r, tt_tensor *x)
{
    tt_axis_size size[TT_MAX_NDIM];
    tt_parse_shape(x, r->pattern, TT_MAX_NDIM, size);
    for (int i = 0; i < TT_MAX_NDIM && size[i].name[0]; i++)
        printf("%s%s = %lld", i ? ", " : "", size[i].name, (long long)size[i].size);
    printf(" | |\n");
}

static void put_row(tt_ctx *ctx, const row *r)
{
    tt_packed shape[TENSORS];
    tt_tensor *x[TENSORS], *out[TENSORS];
    int n = read_shapes(r->shapes, shape);
    for (int i = 0; i < n; i++)
        x[i] = tt_zeros(ctx, TT_F32, (int)shape[i].ndim, shape[i].shape);
    printf("| %s%s%s | `%s` | ", r->name, r->function == reduce ? " " : "",
           r->function == reduce ? r->extra : "", r->pattern);
    put_operands(r, n, shape);
    printf(" | ");
    if (r->function == parse_shape) {
        put_sizes(r, x[0]);
        return;
    }
    n = call(r, n, x, out);
    for (int i = 0; i < n; i++) {
        printf("%s", i ? ", " : "");
        put_shape(tt_ndim(out[i]), tt_shape(out[i]));
    }
    printf(" | %s |\n", n > 0 && tt_same_storage(out[0], x[0]) ? "view" : "");
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows && tt_ok(ctx); i++) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        if (rows[i].function == NONE)
            printf(
                "%s**%s**\n\n| function | pattern | operands | result | |\n|---|---|---|---|---|\n",
                i ? "\n" : "", rows[i].group);
        else
            put_row(ctx, &rows[i]);
        tt_scope_end(ctx, s);
    }
    if (!tt_ok(ctx))
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    int status = tt_ok(ctx) ? EXIT_SUCCESS : EXIT_FAILURE;
    tt_ctx_free(ctx);
    return status;
}
