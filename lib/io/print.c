/* Printing as NumPy prints: aligned columns, shortest digits that read back, ... in the middle of
 * large tensors, shape and dtype last. Input: a tensor and options; output: text through a sink.
 * Invariant: the layout follows numpy.array2string; nothing is allocated. */
#include "tensor/object.h"
#include "digits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <tinytensor/io.h>

enum { WORD = DIGITS_TEXT, MAX_PRECISION = 20 };

/* Where text goes: a buffer as snprintf fills one, or a file. */
typedef struct out {
    char *buf;
    size_t size, len;
    FILE *file;
    int column, spaces; /* spaces are held back: a line never ends in them */
} out;

typedef struct format {
    int kind;        /* 'f' fixed, 'e' scientific, 'i' integer, 'b' bool, 'a' alone */
    int left, right; /* widths before and after the point; for e: right digits */
    int exponent;    /* digits of the exponent */
    int width;       /* integers and bools */
} format;

typedef struct printer {
    out o;
    const tt_tensor *x;
    tt_print_options opt;
    format f;
    bool summary;
} printer;

static void put_char(out *o, char c)
{
    if (o->file)
        fputc(c, o->file);
    else if (o->len + 1 < o->size)
        o->buf[o->len] = c;
    o->len++;
}

static void put(out *o, const char *s)
{
    for (; *s; s++) {
        if (*s == ' ') {
            o->spaces++;
            continue;
        }
        for (; o->spaces && *s != '\n'; o->spaces--)
            put_char(o, ' ');
        o->spaces = 0;
        put_char(o, *s);
    }
}

static const void *element_at(const tt_tensor *x, int64_t at)
{
    return x->data + at * element_size(x->dtype);
}

static double value_at(const tt_tensor *x, int64_t at)
{
    return element_load(element_at(x, at), x->dtype);
}

/* Spaces before, so that the points stand in one column, and after, up to `total` characters. */
static void pad(char *text, int left, int total)
{
    char *point = strchr(text, '.');
    int n = (int)strlen(text), before = point ? (int)(point - text) : n;
    int shift = left > before ? left - before : 0;
    if (total >= WORD)
        total = WORD - 1;
    if (shift + n >= WORD)
        shift = WORD - 1 - n;
    memmove(text + shift, text, (size_t)n + 1);
    memset(text, ' ', (size_t)shift);
    for (n += shift; n < total; n++)
        text[n] = ' ';
    text[n] = '\0';
}

static void word(const printer *p, int64_t at, char *text)
{
    const format *f = &p->f;
    if (f->kind == 'i') {
        long long v = element_load_i64(element_at(p->x, at), p->x->dtype);
        snprintf(text, WORD, "%*lld", f->width, v);
        return;
    }
    double v = value_at(p->x, at);
    if (f->kind == 'b') {
        snprintf(text, WORD, "%*s", f->width, v != 0 ? "True" : "False");
        return;
    }
    if (f->kind == 'a') {
        digits_alone(p->x->dtype, v, text);
        return;
    }
    int total = f->left + 1 + f->right + (f->kind == 'e' ? 2 + f->exponent : 0);
    if (!isfinite(v)) {
        snprintf(text, WORD, "%*s", total, isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
        return;
    }
    if (f->kind == 'f')
        digits_fixed(p->x->dtype, v, p->opt.precision, text);
    else
        digits_scientific(p->x->dtype, v, f->right, f->right, f->exponent, text);
    pad(text, f->left, total);
}

static bool shown(const printer *p, int axis, int64_t *i)
{
    int64_t n = p->x->at.shape[axis];
    if (p->summary && n > 2 * p->opt.edge_items && *i == p->opt.edge_items)
        *i = n - p->opt.edge_items;
    return *i < n;
}

/* NOLINTNEXTLINE(misc-no-recursion): once per axis */
static void each(printer *p, int axis, int64_t at, void (*fn)(printer *, int64_t, void *),
                 void *arg)
{
    if (axis == p->x->at.ndim) {
        fn(p, at, arg);
        return;
    }
    for (int64_t i = 0; shown(p, axis, &i); i++)
        each(p, axis + 1, at + i * p->x->at.stride[axis], fn, arg);
}

typedef struct range {
    double lo, hi; /* of the finite magnitudes that are not 0 */
    bool any, nan, inf, neginf;
} range;

static void widen_range(printer *p, int64_t at, void *arg)
{
    range *r = arg;
    double v = value_at(p->x, at), a = fabs(v);
    r->nan |= isnan(v);
    r->inf |= isinf(v) && v > 0;
    r->neginf |= isinf(v) && v < 0;
    if (!isfinite(v) || a == 0)
        return;
    r->lo = r->any && r->lo < a ? r->lo : a;
    r->hi = r->any && r->hi > a ? r->hi : a;
    r->any = true;
}

static void widen_fixed(printer *p, int64_t at, void *arg)
{
    char text[WORD];
    double v = value_at(p->x, at);
    (void)arg;
    if (!isfinite(v))
        return;
    digits_fixed(p->x->dtype, v, p->opt.precision, text);
    char *point = strchr(text, '.');
    int left = (int)(point - text), right = (int)strlen(point + 1);
    p->f.left = left > p->f.left ? left : p->f.left;
    p->f.right = right > p->f.right ? right : p->f.right;
}

static void widen_scientific(printer *p, int64_t at, void *arg)
{
    char text[WORD];
    double v = value_at(p->x, at);
    (void)arg;
    if (!isfinite(v))
        return;
    digits_scientific(p->x->dtype, v, p->opt.precision, 0, 2, text);
    char *point = strchr(text, '.'), *mark = strchr(text, 'e');
    int left = (int)(point - text), right = (int)(mark - point) - 1;
    int exponent = (int)strlen(mark + 2);
    p->f.right = right > p->f.right ? right : p->f.right;
    p->f.left = left > p->f.left ? left : p->f.left;
    p->f.exponent = exponent > p->f.exponent ? exponent : p->f.exponent;
}

static void widen_word(printer *p, int64_t at, void *arg)
{
    char text[WORD];
    (void)arg;
    word(p, at, text);
    int n = (int)strlen(text);
    p->f.width = n > p->f.width ? n : p->f.width;
}

static void choose_format(printer *p)
{
    tt_dtype d = p->x->dtype;
    range r = {0};
    bool whole = d == TT_I64 || d == TT_I32 || d == TT_U8;
    p->f = (format){.kind = whole ? 'i' : d == TT_BOOL ? 'b' : p->x->at.ndim == 0 ? 'a' : 'f'};
    if (whole)
        each(p, 0, 0, widen_word, NULL);
    if (d == TT_BOOL && p->x->at.ndim)
        p->f.width = 5; /* False */
    if (p->f.kind != 'f')
        return;
    each(p, 0, 0, widen_range, &r);
    bool science =
        r.any && (r.hi >= 1e8 || (!p->opt.suppress && (r.lo < 1e-4 || r.hi / r.lo > 1000.0)));
    p->f.kind = science ? 'e' : 'f';
    each(p, 0, 0, science ? widen_scientific : widen_fixed, NULL);
    int special = r.neginf ? 4 : r.nan || r.inf ? 3 : 0;
    int rest = p->f.right + 1 + (science ? 2 + p->f.exponent : 0);
    if (special - rest > p->f.left)
        p->f.left = special - rest;
}

static void newline(out *o, int indent)
{
    o->spaces = 0;
    put_char(o, '\n');
    o->spaces = indent;
    o->column = indent;
}

static void add_word(printer *p, const char *text, int width, int indent)
{
    out *o = &p->o;
    if (o->column + (int)strlen(text) > width && o->column > indent)
        newline(o, indent);
    put(o, text);
    o->column += (int)strlen(text);
}

static void row(printer *p, int axis, int64_t at, int indent, int width)
{
    int64_t n = p->x->at.shape[axis];
    p->o.column = indent;
    for (int64_t i = 0, from; from = i, shown(p, axis, &i); i++) {
        char text[WORD];
        if (i != from) {
            add_word(p, "...", width - 1, indent);
            put(&p->o, " ");
            p->o.column++;
        }
        word(p, at + i * p->x->at.stride[axis], text);
        add_word(p, text, width - 1, indent);
        if (i + 1 < n) {
            put(&p->o, " ");
            p->o.column++;
        }
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): once per axis */
static void block(printer *p, int axis, int64_t at, int indent, int width)
{
    int left = p->x->at.ndim - axis;
    if (left == 0) {
        char text[WORD];
        word(p, at, text);
        put(&p->o, text);
        return;
    }
    put(&p->o, "[");
    if (left == 1) {
        row(p, axis, at, indent, width);
    } else {
        for (int64_t i = 0, from; from = i, shown(p, axis, &i); i++) {
            for (int k = 0; i != 0 && k < left - 1; k++)
                newline(&p->o, indent);
            if (i != from) {
                put(&p->o, "...");
                for (int k = 0; k < left - 1; k++)
                    newline(&p->o, indent);
            }
            block(p, axis + 1, at + i * p->x->at.stride[axis], indent + 1, width - 1);
        }
    }
    for (; p->o.spaces; p->o.spaces--)
        put_char(&p->o, ' ');
    put(&p->o, "]");
}

static void print(printer *p)
{
    p->summary = tensor_numel(p->x) > p->opt.threshold;
    if (tensor_numel(p->x) == 0) {
        put(&p->o, "[]");
    } else {
        choose_format(p);
        block(p, 0, 0, 1, p->opt.line_width);
    }
    put(&p->o, "  ");
    put(&p->o, describe(p->x).s);
}

static tt_print_options options_of(const tt_print_options *given)
{
    tt_print_options o = TT_PRINT_OPTIONS_INIT;
    if (given)
        memcpy(&o, given, given->struct_size < sizeof o ? given->struct_size : sizeof o);
    o.precision = o.precision < 0 ? 0 : o.precision > MAX_PRECISION ? MAX_PRECISION : o.precision;
    o.edge_items = o.edge_items < 1 ? 1 : o.edge_items;
    return o;
}

size_t tt_format(const tt_tensor *x, const tt_print_options *options, char *buffer, size_t size)
{
    printer p = {.o = {.buf = buffer, .size = size}, .x = x, .opt = options_of(options)};
    if (tensor_alive(x))
        print(&p);
    else
        put(&p.o, "NULL");
    if (size)
        buffer[p.o.len < size ? p.o.len : size - 1] = '\0';
    return p.o.len;
}

tt_status tt_fprint_with(FILE *file, const tt_tensor *x, const tt_print_options *options)
{
    if (!tensor_alive(x) || !file)
        return TT_ERR_ARG;
    printer p = {.o = {.file = file}, .x = x, .opt = options_of(options)};
    print(&p);
    put(&p.o, "\n");
    return ferror(file) ? ctx_error(x->ctx, TT_ERR_IO, "print: cannot write") : TT_OK;
}

tt_status tt_fprint(FILE *file, const tt_tensor *x)
{
    return tt_fprint_with(file, x, NULL);
}

tt_status tt_print_with(const tt_tensor *x, const tt_print_options *options)
{
    return tt_fprint_with(stdout, x, options);
}

tt_status tt_print(const tt_tensor *x)
{
    return tt_fprint(stdout, x);
}
