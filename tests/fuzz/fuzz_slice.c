/* Slices as text: any text gives a view within the tensor, or an error that can be cleared. */
#include <stdlib.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

#include "fuzz.h"

static const char *const seeds[] = {
    ":",
    "1:3, ::-2",
    "..., None, -1",
    "1, 2, 3",
    "::2, 1::2, ...",
    "-1:-5:-1",
    "newaxis, :, 0",
    "9223372036854775807:-9223372036854775808:3",
    "3:1",
    ",",
    "1:2:3:4",
    "...,...",
    " 0 , : ",
};

const uint8_t *fuzz_seed(int i, size_t *size)
{
    if (i >= (int)(sizeof seeds / sizeof *seeds))
        return NULL;
    *size = strlen(seeds[i]);
    return (const uint8_t *)seeds[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tt_ctx *ctx;
    if (!ctx)
        ctx = tt_ctx_new();
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *x = tt_reshape(tt_arange(ctx, TT_F32, 0, 4 * 5 * 6, 1), TT_SHAPE(4, 5, 6));
    tt_tensor *y = tt_slice_n(x, text);
    if (y) { /* every element is one of x */
        tt_tensor *lo = tt_numel(y) ? tt_min(y, TT_ALL_AXES, false) : NULL;
        tt_tensor *hi = tt_numel(y) ? tt_max(y, TT_ALL_AXES, false) : NULL;
        if (lo && (tt_item(lo) < 0 || tt_item(hi) > 119))
            abort();
    } else if (tt_ok(ctx) || !*tt_error_message(ctx)) {
        abort();
    }
    tt_error_clear(ctx);
    tt_scope_end(ctx, s);
    free(text);
    return 0;
}
