/* A safetensors file, edited: opened without reading it, looked through, and written anew with one
 * tensor renamed, one in half the bytes, one left out, and a note of what was done. */
#include <stdio.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

enum { MOST = 16 };

static void list(tt_ctx *ctx, const char *path)
{
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    printf("%s\n", path);
    for (int64_t i = 0; i < tt_safetensors_count(file); i++) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        tt_tensor *x = tt_safetensors_at(file, i);
        printf("  %-14s %-8s %4lld elements\n", tt_safetensors_name(file, i),
               tt_dtype_name(tt_dtype_of(x)), (long long)tt_numel(x));
        tt_scope_end(ctx, s);
    }
    for (int64_t i = 0; i < tt_safetensors_metadata_count(file); i++) {
        const char *key = tt_safetensors_metadata_key(file, i);
        printf("  %s = %s\n", key, tt_safetensors_metadata(file, key));
    }
    tt_safetensors_close(file);
}

/* Some model. */
static void make(tt_ctx *ctx, const char *path)
{
    static const char *const names[] = {"embed", "head.weight", "head.bias", "steps"};
    static const char *const keys[] = {"format", "author"}, *const values[] = {"pt", "somebody"};
    tt_tensor *tensors[] = {tt_randn(ctx, TT_F32, TT_SHAPE(20, 8)),
                            tt_randn(ctx, TT_F32, TT_SHAPE(4, 8)),
                            tt_zeros(ctx, TT_F32, TT_SHAPE(4)), tt_scalar(ctx, TT_I64, 1000)};
    tt_safetensors_save(path, 4, names, tensors, 2, keys, values);
}

/* All that is in one file, changed on its way to another. Tensors are views of the mapped file: of
 * what is only passed on, nothing is copied. */
static void edit(tt_ctx *ctx, const char *from, const char *to)
{
    const char *names[MOST], *keys[MOST], *values[MOST];
    tt_tensor *tensors[MOST];
    int n = 0, texts = 0;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_safetensors *file = tt_safetensors_open(ctx, from);
    for (int64_t i = 0; i < tt_safetensors_count(file) && n < MOST; i++) {
        const char *name = tt_safetensors_name(file, i);
        if (strcmp(name, "steps") == 0)
            continue;
        tensors[n] = tt_safetensors_at(file, i);
        if (strcmp(name, "embed") == 0)
            tensors[n] = tt_cast(tensors[n], TT_BF16);
        names[n++] = strcmp(name, "head.weight") == 0 ? "lm_head.weight" : name;
    }
    for (; texts < tt_safetensors_metadata_count(file) && texts + 1 < MOST; texts++) {
        keys[texts] = tt_safetensors_metadata_key(file, texts);
        values[texts] = tt_safetensors_metadata(file, keys[texts]);
    }
    keys[texts] = "edited";
    values[texts++] = "embed is bfloat16; steps left out";
    tt_safetensors_save(to, n, names, tensors, texts, keys, values);
    tt_safetensors_close(file);
    tt_scope_end(ctx, s);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    make(ctx, "model.safetensors");
    list(ctx, "model.safetensors");
    edit(ctx, "model.safetensors", "edited.safetensors");
    list(ctx, "edited.safetensors");
    remove("model.safetensors");
    remove("edited.safetensors");
    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
