/* Parameters in safetensors files, by name. Input: a list of names and tensors; output: a file, or
 * the tensors filled from one. Invariant: all is compared before anything is written, and all that
 * does not fit goes into one message. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

enum { TEXT = 800, SHAPE = 160 }; /* a context keeps messages of about a thousand bytes */

/* What is wrong: the first status, and the text of as much as there is room for. */
typedef struct problems {
    tt_status code;
    int n, shown;
    size_t length;
    char text[TEXT];
} problems;

static void add(problems *p, tt_status code, const char *format, ...) TT_PRINTF(3, 4);
static void add(problems *p, tt_status code, const char *format, ...)
{
    char one[SHAPE * 3];
    va_list args;
    va_start(args, format);
    vsnprintf(one, sizeof one, format, args);
    va_end(args);
    if (p->n++ == 0)
        p->code = code;
    if (p->shown + 1 != p->n || p->length + strlen(one) + 3 > sizeof p->text)
        return;
    p->length += (size_t)snprintf(p->text + p->length, sizeof p->text - p->length, "%s%s",
                                  p->shown ? "; " : "", one);
    p->shown++;
}

static tt_status report(tt_ctx *ctx, const char *path, const problems *p)
{
    if (p->n == 1)
        return tt_error_set(ctx, p->code, "load_params: %s: %s", path, p->text);
    if (p->shown == p->n)
        return tt_error_set(ctx, p->code, "load_params: %s: %d problems: %s", path, p->n, p->text);
    return tt_error_set(ctx, p->code, "load_params: %s: %d problems: %s; and %d more", path, p->n,
                        p->text, p->n - p->shown);
}

/* "(2, 3)", as messages show it. */
static const char *shape_text(int ndim, const int64_t *shape, char *text)
{
    size_t n = (size_t)snprintf(text, SHAPE, "(");
    for (int i = 0; i < ndim && n + 24 < SHAPE; i++)
        n += (size_t)snprintf(text + n, SHAPE - n, "%s%lld", i ? ", " : "", (long long)shape[i]);
    snprintf(text + n, SHAPE - n, ndim == 1 ? ",)" : ")");
    return text;
}

static bool is_float(int dtype)
{
    return dtype == TT_F32 || dtype == TT_F64 || dtype == TT_F16 || dtype == TT_BF16;
}

static bool same_shape(const tt_safetensors *file, int64_t k, const tt_tensor *p)
{
    const int64_t *shape = tt_safetensors_shape(file, k);
    bool same = tt_safetensors_ndim(file, k) == tt_ndim(p);
    for (int i = 0; same && i < tt_ndim(p); i++)
        same = shape[i] == tt_shape(p)[i];
    return same;
}

/* As tt_expand() makes it: an element that is there several times cannot be written. */
static bool repeats(const tt_tensor *p)
{
    bool twice = false;
    for (int i = 0; i < tt_ndim(p); i++)
        twice |= tt_shape(p)[i] > 1 && tt_strides(p)[i] == 0;
    return twice && tt_numel(p) > 0;
}

static void compare(problems *all, const tt_safetensors *file, const char *name, const tt_tensor *p)
{
    int64_t k = tt_safetensors_find(file, name);
    if (k < 0) {
        add(all, TT_ERR_ARG, "'%.100s' is missing", name);
        return;
    }
    int d = tt_safetensors_dtype(file, k);
    char there[SHAPE], here[SHAPE];
    if (!same_shape(file, k, p))
        add(all, TT_ERR_SHAPE, "'%.100s' is %s, not %s", name,
            shape_text(tt_safetensors_ndim(file, k), tt_safetensors_shape(file, k), there),
            shape_text(tt_ndim(p), tt_shape(p), here));
    else if (d != (int)tt_dtype_of(p) && !(is_float(d) && is_float((int)tt_dtype_of(p))))
        add(all, TT_ERR_DTYPE, "'%.100s' is %s, not %s", name,
            d < 0 ? "of another dtype" : tt_dtype_name((tt_dtype)d), tt_dtype_name(tt_dtype_of(p)));
    if (tt_is_readonly(p))
        add(all, TT_ERR_ARG, "the parameter '%.100s' is read-only", name);
    if (repeats(p))
        add(all, TT_ERR_ARG, "the parameter '%.100s' has elements that are there twice", name);
}

static bool is_listed(const char *name, int n, const char *const *names)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool compare_all(tt_ctx *ctx, const tt_safetensors *file, const char *path, int n,
                        const char *const *names, tt_tensor *const *params)
{
    problems all = {.code = TT_OK};
    for (int i = 0; i < n; i++)
        compare(&all, file, names[i], params[i]);
    for (int64_t k = 0; k < tt_safetensors_count(file); k++)
        if (!is_listed(tt_safetensors_name(file, k), n, names))
            add(&all, TT_ERR_ARG, "'%.100s' is no parameter", tt_safetensors_name(file, k));
    return !all.n || report(ctx, path, &all) == TT_OK;
}

static tt_ctx *context_of(int n, tt_tensor *const *params)
{
    return n > 0 && params ? tt_ctx_of(params[0]) : NULL;
}

/* Are all named, alive and of the context? The first that is not is recorded. */
static tt_status check_list(tt_ctx *ctx, const char *op, int n, const char *const *names,
                            tt_tensor *const *params)
{
    for (int i = 0; i < n; i++) {
        const char *name = names && names[i] ? names[i] : NULL;
        const char *what = !params[i]                    ? "NULL"
                           : !tt_ctx_of(params[i])       ? "dead"
                           : tt_ctx_of(params[i]) != ctx ? "of another context"
                                                         : NULL;
        tt_status code = !params[i]              ? TT_ERR_ARG
                         : !tt_ctx_of(params[i]) ? TT_ERR_DEAD
                                                 : TT_ERR_CONTEXT;
        if (!name)
            tt_error_set(ctx, code = TT_ERR_ARG, "%s: name %d is NULL", op, i);
        else if (what)
            tt_error_set(ctx, code, "%s: parameter %d, '%.100s', is %s", op, i, name, what);
        if (!name || what)
            return code;
    }
    return TT_OK;
}

/* In a context with an error, too. */
tt_status tt_save_params(const char *path, int n, const char *const *names,
                         tt_tensor *const *params)
{
    tt_ctx *ctx = context_of(n, params);
    tt_status status = ctx ? check_list(ctx, "save_params", n, names, params) : TT_ERR_ARG;
    return status < 0 ? status : tt_safetensors_save(path, n, names, params, 0, NULL, NULL);
}

tt_status tt_load_params(const char *path, int n, const char *const *names,
                         tt_tensor *const *params)
{
    tt_ctx *ctx = context_of(n, params);
    if (!ctx)
        return TT_ERR_ARG;
    if (!tt_ok(ctx) || check_list(ctx, "load_params", n, names, params) < 0)
        return tt_error_code(ctx);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    bool fits = file && compare_all(ctx, file, path, n, names, params);
    for (int i = 0; fits && i < n; i++)
        fits = tt_copy_(params[i], tt_safetensors_get(file, names[i])) == TT_OK;
    tt_safetensors_close(file);
    tt_scope_end(ctx, s);
    return tt_error_code(ctx);
}
