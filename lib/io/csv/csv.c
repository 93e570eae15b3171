/* Tables of numbers in text. Input: a file; output: a tensor of rows and columns, or where it is
 * not one. Invariant: a table is gone over twice, for its size and for its values, with the same
 * fields, so that nothing is stored that the first pass did not count. */
#define _DEFAULT_SOURCE /* newlocale */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"
#if defined __APPLE__
#include <xlocale.h>
#endif

enum { NAME = 64, LIST = 600 };

/* The table, and what is missing in it. */
typedef struct table {
    csv_text text;
    int64_t rows, columns, column; /* column: of the field that is being read, from 0 */
    int64_t missing, listed;
    size_t length;
    char list[LIST]; /* "line 3, column 2 (age), ..." */
} table;

/* The name of a column of the header, or an empty text. */
static void column_name(const table *b, int64_t column, char *name)
{
    csv_text t = b->text;
    csv_field f = {.length = 0};
    int64_t k = 0;
    name[0] = '\0';
    if (!t.options.header)
        return;
    csv_rewind(&t);
    for (bool any = csv_next_line(&t); any && csv_next_field(&t, &f); k++)
        if (k == column) {
            size_t n = 0;
            for (int64_t i = 0; i < f.length && n + 1 < NAME; i++) {
                name[n++] = f.text[i];
                i += f.quoted && f.text[i] == '"'; /* doubled */
            }
            name[n] = '\0';
            return;
        }
}

/* "line 3, column 2 (age)" */
static const char *place(const table *b, char *text, size_t size)
{
    char name[NAME];
    column_name(b, b->column, name);
    snprintf(text, size, "line %lld, column %lld%s%s%s", (long long)b->text.line,
             (long long)b->column + 1, name[0] ? " (" : "", name, name[0] ? ")" : "");
    return text;
}

static bool bad(const table *b, const char *what, const csv_field *f)
{
    char where[NAME * 2];
    ctx_error(b->text.ctx, TT_ERR_FORMAT, "%s: %s: %s: '%.*s' %s", b->text.op, b->text.path,
              place(b, where, sizeof where), (int)(f->length < 40 ? f->length : 40), f->text, what);
    return false;
}

static bool bad_length(const table *b)
{
    ctx_error(b->text.ctx, TT_ERR_FORMAT, "%s: %s: line %lld has %lld values, the first %lld",
              b->text.op, b->text.path, (long long)b->text.line, (long long)b->column,
              (long long)b->columns);
    return false;
}

static bool is_missing(const csv_field *f)
{
    return f->length == 0 || (f->length == 1 && *f->text == '?') ||
           (f->length == 2 && memcmp(f->text, "NA", 2) == 0);
}

/* One more for the list, as far as there is room. */
static void note_missing(table *b)
{
    char where[NAME * 2];
    size_t n = strlen(place(b, where, sizeof where));
    b->missing++;
    if (b->listed + 1 != b->missing || b->length + n + 3 > sizeof b->list)
        return;
    b->length += (size_t)snprintf(b->list + b->length, sizeof b->list - b->length, "%s%s",
                                  b->listed ? "; " : "", where);
    b->listed++;
}

static bool report_missing(const table *b)
{
    char more[48] = "";
    if (b->missing > b->listed)
        snprintf(more, sizeof more, "; and %lld more", (long long)(b->missing - b->listed));
    ctx_error(b->text.ctx, TT_ERR_FORMAT, "%s: %s: no value at %s%s%s", b->text.op, b->text.path,
              b->list, more,
              b->text.options.dtype == TT_I64 ? "" : " (with allow_missing they are NaN)");
    return false;
}

/* Rows and columns, all of the same length. */
static bool measure(table *b)
{
    csv_field f;
    for (csv_rewind(&b->text); csv_next_line(&b->text);) {
        int64_t line = b->text.line;
        for (b->column = 0; csv_next_field(&b->text, &f);)
            b->column++;
        if (b->columns == 0)
            b->columns = b->column;
        if (b->column != b->columns) {
            b->text.line = line;
            return bad_length(b);
        }
        b->rows++;
    }
    if (b->columns == 0)
        ctx_error(b->text.ctx, TT_ERR_FORMAT, "%s: %s: there are no values", b->text.op,
                  b->text.path);
    b->rows -= b->columns > 0 && b->text.options.header;
    return b->columns > 0;
}

/* The field as element k. Numbers end where the field does: what follows in the text is a
 * delimiter, a quote or the end of a line, and none of these is part of a number. */
static bool store(const table *b, const csv_field *f, void *data, int64_t k)
{
    char *end = NULL;
    errno = 0;
    if (b->text.options.dtype == TT_F32)
        ((float *)data)[k] = strtof(f->text, &end);
    else if (b->text.options.dtype == TT_F64)
        ((double *)data)[k] = strtod(f->text, &end);
    else
        ((int64_t *)data)[k] = (int64_t)strtoll(f->text, &end, 10);
    if (end != f->text + f->length)
        return bad(b,
                   b->text.line == 1 && !b->text.options.header ? "is no number (is this a header?)"
                   : b->text.options.dtype == TT_I64            ? "is no whole number"
                                                                : "is no number",
                   f);
    return b->text.options.dtype != TT_I64 || errno != ERANGE || bad(b, "does not fit in int64", f);
}

static void store_nan(const table *b, void *data, int64_t k)
{
    if (b->text.options.dtype == TT_F32)
        ((float *)data)[k] = NAN;
    else if (b->text.options.dtype == TT_F64)
        ((double *)data)[k] = (double)NAN;
}

static bool read_values(table *b, void *data)
{
    csv_field f;
    int64_t k = 0;
    csv_rewind(&b->text);
    if (b->text.options.header)
        csv_next_line(&b->text);
    while (csv_next_line(&b->text))
        for (b->column = 0; csv_next_field(&b->text, &f); b->column++, k++) {
            if (!is_missing(&f)) {
                if (!store(b, &f, data, k))
                    return false;
                continue;
            }
            note_missing(b);
            store_nan(b, data, k);
        }
    return !b->missing || b->text.options.allow_missing || report_missing(b);
}

/* Under the C locale, in which the point is a point. */
static bool read_in_c(table *b, void *data)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) {
        ctx_error(b->text.ctx, TT_ERR_NOMEM, "%s: out of memory for a locale", b->text.op);
        return false;
    }
    locale_t before = uselocale(c);
    bool ok = read_values(b, data);
    uselocale(before);
    freelocale(c);
    return ok;
}

tt_tensor *tt_load_csv(tt_ctx *ctx, const char *path, const tt_csv_options *options)
{
    table b = {.rows = 0};
    if (!ctx || ctx->err.code || !csv_open(&b.text, ctx, "load_csv", path, options))
        return NULL;
    tt_tensor *x = NULL;
    layout at;
    if (measure(&b) && layout_init(&at, 2, (const int64_t[]){b.rows, b.columns}))
        x = tensor_new(ctx, b.text.options.dtype, &at);
    if (x && !read_in_c(&b, x->data)) {
        tensor_release(x);
        x = NULL;
    }
    csv_close(&b.text);
    return x;
}

int tt_csv_names(tt_ctx *ctx, const char *path, const tt_csv_options *options, int max,
                 char (*names)[64])
{
    table b = {.rows = 0};
    csv_field f;
    if (!ctx || ctx->err.code)
        return ctx ? (int)ctx->err.code : (int)TT_ERR_ARG;
    if (!csv_open(&b.text, ctx, "csv_names", path, options))
        return (int)ctx->err.code;
    int n = 0;
    b.text.options.header = true;
    for (bool any = csv_next_line(&b.text); any && csv_next_field(&b.text, &f); n++)
        if (n < max)
            column_name(&b, n, names[n]);
    if (n == 0)
        ctx_error(ctx, TT_ERR_FORMAT, "csv_names: %s: there are no values", path);
    csv_close(&b.text);
    return n ? n : (int)ctx->err.code;
}
