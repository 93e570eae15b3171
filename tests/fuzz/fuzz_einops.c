/* Patterns: the first byte chooses the function, the rest is the pattern. Any text gives a result
 * that keeps the sum of all elements where it must, or an error that can be cleared. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

#include "fuzz.h"

static const char *const seeds[] = {
    "0a b c -> c (a b)",
    "0(a b) c d -> a b c d, a=2",
    "0... c -> c (...)",
    "0a b c -> a () b 1 c",
    "1a (b 2) c -> a c",
    "1a b c ->",
    "1... -> 1",
    "2a b c -> (a 2) b c n, n=3",
    "2a b c -> a b (c x y), x=2, y=0",
    "3a b c -> (a b) c",
    "3a b c -> (c b) a",
    "4abc,cd->abd",
    "4a b c, c d -> (a b) d",
    "4...c,cd",
    "4aaa,bb->ab",
    "4a (b e) c, c d -> e, b=1",
    "5abc,cd,cd",
    "5i j k, k l, m l -> i m",
    "6a * c",
    "6* a",
    "7a _ c",
    "7... 4",
    "0",
    "0a b - > b",
    "0((a) b c) -> a",
    "0a b c -> a b c, a=-1",
    "0a b c -> a b c, a=99999999999999999999",
};

const uint8_t *fuzz_seed(int i, size_t *size)
{
    if (i >= (int)(sizeof seeds / sizeof *seeds))
        return NULL;
    *size = strlen(seeds[i]);
    return (const uint8_t *)seeds[i];
}

static double total(tt_tensor *x)
{
    return tt_item(tt_sum(tt_cast(x, TT_F64), TT_ALL_AXES, false));
}

/* One call; NULL where the result is no tensor. */
static tt_tensor *call(int which, const char *text, tt_tensor *x, tt_tensor *m)
{
    tt_axis_size sizes[4];
    tt_packing ps;
    tt_tensor *out[2], *y = NULL;
    char report[300];
    switch (which) {
    case 0:
        return tt_rearrange_n(x, text, 0, NULL, NULL);
    case 1:
        return tt_reduce_n(x, text, TT_SUM, 0, NULL, NULL);
    case 2:
        return tt_repeat_n(x, text, 0, NULL, NULL);
    case 3:
        return tt_rearrange_view(x, "%s", text);
    case 4:
        return tt_einsum(text, 2, (tt_tensor *[]){x, m});
    case 5:
        tt_einsum_path(text, 3, (tt_tensor *[]){x, m, m}, report, sizeof report);
        return tt_einsum(text, 3, (tt_tensor *[]){x, m, m});
    case 6:
        y = tt_pack(2, (tt_tensor *[]){x, x}, text, &ps);
        if (y && (tt_unpack(y, &ps, text, 2, out) != 2 || !tt_array_equal(out[1], x)))
            abort();
        return y;
    default:
        tt_parse_shape(x, text, 4, sizes);
        return NULL;
    }
}

static void run(tt_ctx *ctx, int which, const char *text)
{
    tt_tensor *x = tt_reshape(tt_arange(ctx, TT_F32, 0, 4 * 2 * 3, 1), TT_SHAPE(4, 2, 3));
    tt_tensor *m = tt_ones(ctx, TT_F32, TT_SHAPE(3, 3));
    tt_tensor *y = call(which, text, x, m);
    if (!y && which != 7 && (tt_ok(ctx) || !*tt_error_message(ctx)))
        abort();
    if (y && (which == 0 || which == 1 || which == 3) && fabs(total(y) - total(x)) > 1e-6)
        abort();
    if (y && which == 3 && !tt_same_storage(x, y))
        abort();
    if (y && which == 2 && tt_numel(y) % tt_numel(x) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tt_ctx *ctx;
    if (!ctx) {
        tt_ctx_options o = TT_CTX_OPTIONS_INIT;
        o.memory_limit = 1 << 24;
        ctx = tt_ctx_new_with(&o);
    }
    char *text = malloc(size + 1);
    if (!text || !size) {
        free(text);
        return 0;
    }
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    run(ctx, data[0] % 8, text);
    tt_error_clear(ctx);
    tt_scope_end(ctx, s);
    free(text);
    return 0;
}
