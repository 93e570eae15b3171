/* .npz files: any bytes list and load, or give an error. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "load.h"

static uint8_t made[4096];
static size_t made_size;

const uint8_t *fuzz_seed(int i, size_t *size)
{
    tt_ctx *ctx = small_context();
    if (!made_size) {
        const char *path = fuzz_file((const uint8_t *)"", 0, ".npz"), *names[] = {"a", "w.bias"};
        tt_tensor *x[] = {tt_arange(ctx, TT_F32, 0, 6, 1), tt_ones(ctx, TT_I64, TT_SHAPE(2, 3))};
        if (tt_save_npz(path, 2, names, x) != TT_OK)
            abort();
        FILE *f = fopen(path, "rb");
        made_size = f ? fread(made, 1, sizeof made, f) : 0;
        if (f)
            fclose(f);
    }
    *size = made_size;
    return i == 0 ? made : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tt_ctx *ctx = small_context();
    const char *path = fuzz_file(data, size, ".npz");
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    look_at(ctx, tt_load_npz(ctx, path, "a"));
    tt_error_clear(ctx);
    look_at(ctx, tt_load_npz(ctx, path, "w.bias"));
    tt_error_clear(ctx);
    tt_scope_end(ctx, s);
    return 0;
}
