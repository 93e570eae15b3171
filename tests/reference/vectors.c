#include "vectors.h"

#include <stdio.h>

static const char *path; /* of the npz file */

tt_tensor *load(tt_ctx *ctx, const char *name, const char *part)
{
    char key[128];
    snprintf(key, sizeof key, "%s.%s", name, part);
    tt_tensor *x = tt_load_npz(ctx, path, key);
    if (!x)
        tt_error_clear(ctx);
    return x;
}

/* The same values in memory whose axes run the other way round. */
tt_tensor *strided(tt_tensor *x)
{
    int axes[TT_MAX_NDIM], n = tt_ndim(x);
    for (int i = 0; i < n; i++)
        axes[i] = n - 1 - i;
    return n ? tt_permute(tt_clone(tt_permute(x, n, axes)), n, axes) : x;
}

void expect_close(const char *name, const char *what, tt_tensor *got, tt_tensor *want, double rtol)
{
    tt_ctx *ctx = tt_ctx_of(want);
    ck_assert_msg(got != NULL, "%s %s: %s", name, what, tt_error_message(ctx));
    if (tt_dtype_of(got) == TT_BOOL || tt_dtype_of(want) == TT_BOOL) {
        got = tt_cast(got, TT_I64);
        want = tt_cast(want, TT_I64);
    }
    got = tt_cast(got, TT_F64);
    want = tt_cast(want, TT_F64);
    ck_assert_msg(tt_same_shape(got, want), "%s %s: the shape differs", name, what);
    if (!tt_allclose(got, want, rtol, rtol, true)) {
        tt_print(got);
        tt_print(want);
        ck_abort_msg("%s %s: the values differ (%s)", name, what, tt_error_message(ctx));
    }
}

void check_gradients(tt_ctx *ctx, const char *name, tt_tensor **in, int n, tt_tensor *out)
{
    tt_tensor *seed = load(ctx, name, "seed");
    if (!seed)
        return;
    ck_assert_msg(tt_backward_with(out, seed, 0) == TT_OK, "%s: %s", name, tt_error_message(ctx));
    for (int i = 0; i < n; i++) {
        char part[16];
        snprintf(part, sizeof part, "grad%d", i);
        tt_tensor *want = load(ctx, name, part);
        if (want)
            expect_close(name, part, tt_grad(in[i]), want, 1e-9);
    }
}

int load_inputs(tt_ctx *ctx, const char *name, tt_tensor **in)
{
    int n = 0;
    char part[16];
    for (; n < 4; n++) {
        snprintf(part, sizeof part, "in%d", n);
        in[n] = load(ctx, name, part);
        if (!in[n])
            break;
    }
    ck_assert_msg(n > 0, "%s: no such case in %s", name, path);
    return n;
}

void run_case(const char *name, apply fn, const void *arg)
{
    for (int variant = 0; variant < 3; variant++) {
        tt_tensor *in[4] = {NULL};
        tt_ctx *ctx = tt_ctx_new();
        int n = load_inputs(ctx, name, in);
        bool single = variant == 2;
        for (int i = 0; i < n; i++) {
            bool is_float = tt_dtype_of(in[i]) == TT_F64;
            if (variant == 1)
                in[i] = strided(in[i]);
            if (single && is_float)
                in[i] = tt_cast(in[i], TT_F32);
            if (!single && is_float)
                in[i] = tt_param(in[i]);
        }
        tt_tensor *out = fn(in, arg);
        expect_close(name, single ? "float32" : "float64", out, load(ctx, name, "out"),
                     single ? 2e-5 : 1e-12);
        if (!single)
            check_gradients(ctx, name, in, n, out);
        tt_ctx_free(ctx);
    }
}

void list_case(const char *name)
{
    const char *end = strstr(name, "__");
    printf("tt_%.*s\n", (int)(end ? end - name : (long)strlen(name)), name);
}

int vectors_main(int argc, char **argv, const char *suite, void (*list)(void),
                 const TTest *const *tests, size_t n)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        list();
        return EXIT_SUCCESS;
    }
    if (argc != 2)
        return EXIT_FAILURE;
    path = argv[1];
    return run_tests(suite, tests, n);
}
