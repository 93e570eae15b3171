/* .safetensors files: any bytes open and give their tensors, or an error. */
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
        const char *path = fuzz_file((const uint8_t *)"", 0, ".safetensors");
        const char *names[] = {"a", "w.bias", "h"}, *key = "format", *value = "pt";
        tt_tensor *x[] = {tt_arange(ctx, TT_F32, 0, 6, 1), tt_ones(ctx, TT_I64, TT_SHAPE(2, 3)),
                          tt_zeros(ctx, TT_BF16, TT_SHAPE(5))};
        if (tt_safetensors_save(path, 3, names, x, 1, &key, &value) != TT_OK)
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
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_safetensors *file = tt_safetensors_open(ctx, fuzz_file(data, size, ".safetensors"));
    if (!file && tt_ok(ctx))
        abort();
    for (int64_t i = 0; i < tt_safetensors_count(file); i++) {
        look_at(ctx, tt_safetensors_get(file, tt_safetensors_name(file, i)));
        tt_error_clear(ctx);
    }
    tt_error_clear(ctx);
    if (file)
        tt_safetensors_metadata(file, "format");
    tt_safetensors_close(file);
    tt_scope_end(ctx, s);
    return 0;
}
