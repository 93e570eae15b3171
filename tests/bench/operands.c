/* Operands of a case from their description; peer.py reads the same. See bench.h. */
#include <stdlib.h>
#include <string.h>

#include "inside.h"

static bool word(const char **at, const char *text)
{
    size_t n = strlen(text);
    *at += strspn(*at, " ");
    if (strncmp(*at, text, n) != 0 || ((*at)[n] != ' ' && (*at)[n] != '\0'))
        return false;
    *at += n;
    return true;
}

static int64_t number(const char **at)
{
    char *end;
    int64_t n = strtoll(*at, &end, 10);
    *at = end;
    return n;
}

static int64_t how_many(const char **at)
{
    const char *behind = *at;
    int64_t n = number(&behind);
    if (!word(&behind, "of"))
        return 1;
    *at = behind;
    return n;
}

/* "param f16 4x3", behind the count */
static tt_tensor *one(tt_ctx *ctx, const char **at)
{
    bool param = word(at, "param");
    int64_t below = word(at, "below") ? number(at) : 0, dims[TT_MAX_NDIM];
    tt_dtype dtype = word(at, "f16") ? TT_F16 : word(at, "bf16") ? TT_BF16 : TT_F32;
    int n = 0;
    do {
        *at += n > 0;
        dims[n++] = number(at);
    } while (**at == 'x' && n < TT_MAX_NDIM);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *x = tt_keep(below > 0 ? tt_randint(ctx, n, dims, 0, below)
                                     : tt_cast(tt_randn(ctx, TT_F32, n, dims), dtype));
    tt_scope_end(ctx, s);
    return param ? tt_param(x) : x;
}

int operands_make(tt_ctx *ctx, const char *text, tt_tensor **t)
{
    int n = 0;
    while (*text != '\0') {
        int64_t times = how_many(&text);
        const char *from = text;
        for (int64_t i = 0; i < times && n < BENCH_OPERANDS; i++) {
            text = from;
            t[n++] = one(ctx, &text);
        }
        text += strspn(text, "; ");
    }
    return n;
}
