/* Every kind of error of the pattern functions, with its whole message: the fact, the shapes, the
 * pattern, the caret under the place, the name that was meant. */
#include "../unit/unit.h"

#include <stdio.h>

typedef enum kind { REARRANGE, REDUCE, REPEAT, VIEW, EINSUM, PACK, PARSE_SHAPE } kind;

enum { OPERANDS = 8 };

typedef struct row {
    kind kind;
    const char *shapes, *pattern;
    tt_status status;
    const char *message;
} row;

static const row rows[] = {
#define ERROR(kind, shapes, pattern, status, message) {kind, shapes, pattern, status, message},
#include "errors.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

/* Tensors of shapes such as "2 3; 3 4". */
static int operands(tt_ctx *ctx, const char *text, tt_tensor **x)
{
    int64_t shape[TT_MAX_NDIM];
    int n = 0, ndim = 0;
    for (;; text++) {
        if (*text == ';' || *text == '\0') {
            x[n++] = tt_ones(ctx, TT_F32, ndim, shape);
            ndim = 0;
        }
        if (*text == '\0')
            return n;
        if (*text >= '0' && *text <= '9') {
            char *end;
            shape[ndim++] = strtol(text, &end, 10);
            text = end - 1;
        }
    }
}

static bool call(const row *r, int n, tt_tensor **x)
{
    tt_axis_size sizes[8];
    switch (r->kind) {
    case REARRANGE:
        return tt_rearrange_n(x[0], r->pattern, 0, NULL, NULL) != NULL;
    case REDUCE:
        return tt_reduce_n(x[0], r->pattern, TT_SUM, 0, NULL, NULL) != NULL;
    case REPEAT:
        return tt_repeat_n(x[0], r->pattern, 0, NULL, NULL) != NULL;
    case VIEW:
        return tt_rearrange_view(x[0], "%s", r->pattern) != NULL;
    case EINSUM:
        return tt_einsum(r->pattern, n, x) != NULL;
    case PACK:
        return tt_pack(n, x, r->pattern, NULL) != NULL;
    default:
        return tt_parse_shape(x[0], r->pattern, 8, sizes) == TT_OK;
    }
}

START_TEST(messages)
{
    const row *r = &rows[_i];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x[OPERANDS];
    int n = operands(ctx, r->shapes, x);
    int64_t live = tt_memory_stats(ctx).live_tensors;
    ck_assert_msg(!call(r, n, x), "\"%s\" is accepted", r->pattern);
    ck_assert_msg(tt_error_code(ctx) == r->status, "\"%s\" gives %s", r->pattern,
                  tt_status_name(tt_error_code(ctx)));
    ck_assert_str_eq(tt_error_message(ctx), r->message);
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, live);
    tt_ctx_free(ctx);
}
END_TEST

/* The same errors when the sizes stand beside the pattern. */
START_TEST(sizes_beside_the_pattern)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 12));
    const char *h[] = {"h"}, *both[] = {"h", "h"}, *bad[] = {"h w"}, *none[] = {NULL};
    const char *typo[] = {"hight"};
    int64_t four[] = {4, 4}, negative[] = {-4}, huge[] = {INT64_MAX};
    ck_assert_ptr_nonnull(tt_rearrange_n(x, "b (h w) -> b h w", 1, h, four));
    tt_rearrange_n(x, "b (h w) -> b h w", 2, both, four);
    expect_error(ctx, TT_ERR_PATTERN,
                 "the size of 'h' is given twice, for (2, 12) float32\n  b (h w)");
    tt_rearrange_n(x, "b (h w) -> b h w, h=4", 1, h, four);
    expect_error(ctx, TT_ERR_PATTERN, "the size of 'h' is given twice");
    tt_rearrange_n(x, "b (h w) -> b h w", 1, bad, four);
    expect_error(ctx, TT_ERR_PATTERN, "a size is given for what is no name");
    tt_rearrange_n(x, "b (h w) -> b h w", 1, none, four);
    expect_error(ctx, TT_ERR_ARG, "the name of a size is NULL");
    tt_rearrange_n(x, "b (h w) -> b h w", 1, h, negative);
    expect_error(ctx, TT_ERR_PATTERN, "the size of 'h' is negative: -4");
    tt_rearrange_n(x, "b (h w) -> b h w", 1, h, huge);
    expect_error(ctx, TT_ERR_PATTERN, "too large");
    tt_rearrange_n(x, "b (height w) -> b height w", 1, typo, four);
    expect_error(ctx, TT_ERR_PATTERN, "did you mean 'height'?");
    tt_rearrange_n(x, "b h -> h b", 1, NULL, four);
    expect_error(ctx, TT_ERR_ARG, "1 sizes");
    tt_rearrange_n(x, "b h -> h b", -1, h, four);
    expect_error(ctx, TT_ERR_ARG, "-1 sizes");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(arguments)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *y = tt_ones(ctx, TT_F64, TT_SHAPE(2, 3));
    tt_tensor *flags = tt_ones(ctx, TT_BOOL, TT_SHAPE(2, 3)), *many[130], *out[2];
    tt_packing ps;
    char text[8], name[2000];
    for (int i = 0; i < 130; i++)
        many[i] = x;
    ck_assert_ptr_null(tt_rearrange(NULL, "a -> a"));
    ck_assert(tt_ok(ctx));
    ck_assert_ptr_null(tt_rearrange(x, NULL));
    expect_error(ctx, TT_ERR_ARG, "rearrange: the pattern is NULL");
    ck_assert_ptr_null(tt_einsum(NULL, TT_TENSORS(x)));
    expect_error(ctx, TT_ERR_ARG, "einsum: the pattern is NULL");
    ck_assert_ptr_null(tt_einsum("ij,ij->", TT_TENSORS(x, NULL)));
    expect_error(ctx, TT_ERR_ARG, "einsum: an operand is NULL");
    ck_assert_ptr_null(tt_einsum("ij,ij->", TT_TENSORS(x, y)));
    expect_error(ctx, TT_ERR_DTYPE, "operand 0 is (2, 3) float32, operand 1 is (2, 3) float64");
    ck_assert_ptr_null(tt_einsum("ij->", TT_TENSORS(flags)));
    expect_error(ctx, TT_ERR_DTYPE, "no products of (2, 3) bool");
    ck_assert_ptr_null(tt_einsum("ij->", 130, many));
    expect_error(ctx, TT_ERR_ARG, "130 operands; at most 127");
    ck_assert_ptr_null(tt_einsum("ij->", 0, many));
    ck_assert(tt_ok(ctx));
    ck_assert_ptr_null(tt_reduce(x, "a b -> a", (tt_reduction)99));
    expect_error(ctx, TT_ERR_ARG, "99 is no reduction");
    ck_assert_ptr_null(tt_reduce(tt_zeros(ctx, TT_F32, TT_SHAPE(2, 0)), "a b -> a", TT_MAX));
    expect_error(ctx, TT_ERR_ARG, "no elements to choose from");
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_ptr_null(tt_rearrange(x, "%s b -> b", name));
    expect_error(ctx, TT_ERR_PATTERN, "longer than 1023 bytes; rearrange_n takes any length");
    ck_assert_ptr_null(tt_rearrange_list(TT_TENSORS(x, y), "l a b -> l a b"));
    expect_error(ctx, TT_ERR_DTYPE, "tensor 1 is (2, 3) float64");
    ck_assert_ptr_null(tt_repeat_list(TT_TENSORS(x, tt_transpose(x, 0, 1)), "l a b -> l a b"));
    expect_error(ctx, TT_ERR_SHAPE, "tensor 1 is (3, 2) float32");
    ck_assert_int_eq(tt_einsum_path("ij->", TT_TENSORS(x), NULL, 4), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "no room");
    ck_assert_int_eq(tt_einsum_path("ij->k", TT_TENSORS(x), text, sizeof text), TT_ERR_PATTERN);
    expect_error(ctx, TT_ERR_PATTERN, "einsum_path: output axis 'k' is not among the inputs");
    ck_assert_int_eq(tt_einsum_path("ij->", TT_TENSORS(x), text, sizeof text), TT_OK);
    ck_assert_str_eq(text, "naive c");
    ck_assert_ptr_null(tt_pack(TT_TENSORS(x, y), "a *", &ps));
    expect_error(ctx, TT_ERR_DTYPE, "pack: dtypes differ");
    ck_assert_int_eq(ps.n, 0);
    ck_assert_int_eq(tt_unpack(x, NULL, "a *", 2, out), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "unpack");
    ck_assert_int_eq(tt_parse_shape(x, "a b", 1, (tt_axis_size[1]){{"", 0}}), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "1 places are too few");
    tt_ctx_free(ctx);
}
END_TEST

/* Nothing runs, and nothing is overwritten, in a context that has an error. */
START_TEST(the_first_error_stays)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3));
    tt_rearrange(x, "a b -> a c");
    ck_assert_ptr_null(tt_rearrange(x, "a b -> b a"));
    ck_assert_ptr_null(tt_einsum("ij->", TT_TENSORS(x)));
    ck_assert_ptr_null(tt_rearrange(tt_rearrange(x, "nonsense"), "more"));
    expect_error(ctx, TT_ERR_PATTERN, "axis 'b' is on the left only");
    tt_ctx_free(ctx);
}
END_TEST

int main(void)
{
    TCase *c = new_case("einops errors");
    tcase_add_loop_test(c, messages, 0, ROWS);
    tcase_add_test(c, sizes_beside_the_pattern);
    tcase_add_test(c, arguments);
    tcase_add_test(c, the_first_error_stays);
    return run_suite("einops errors", c);
}
