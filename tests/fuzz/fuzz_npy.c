/* .npy files: any bytes load as a tensor, or give an error. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "load.h"

static uint8_t made[4][512];
static size_t sizes[4];

static void make(int i, tt_tensor *x)
{
    const char *path = fuzz_file((const uint8_t *)"", 0, ".npy");
    if (tt_save_npy(x, path) != TT_OK)
        abort();
    FILE *f = fopen(path, "rb");
    sizes[i] = f ? fread(made[i], 1, sizeof made[i], f) : 0;
    if (f)
        fclose(f);
}

const uint8_t *fuzz_seed(int i, size_t *size)
{
    tt_ctx *ctx = small_context();
    if (!sizes[0]) {
        make(0, tt_arange(ctx, TT_F32, 0, 6, 1));
        make(1, tt_ones(ctx, TT_I64, TT_SHAPE(2, 3)));
        make(2, tt_zeros(ctx, TT_BOOL, TT_SHAPE(0, 5)));
        make(3, tt_scalar(ctx, TT_F64, 1.5));
    }
    if (i >= 4)
        return NULL;
    *size = sizes[i];
    return made[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tt_ctx *ctx = small_context();
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    look_at(ctx, tt_load_npy(ctx, fuzz_file(data, size, ".npy")));
    tt_error_clear(ctx);
    tt_scope_end(ctx, s);
    return 0;
}
