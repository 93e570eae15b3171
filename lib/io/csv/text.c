/* Lines and fields of a table in memory. Invariant: `at` never passes `end`, at which a NUL stands,
 * and a field never reaches over the end of its line unless it is quoted. */
#include "text.h"

#include <stdio.h>
#include <string.h>
#include "gzip.h"
#include "io/file.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_delimiter(const csv_text *t, char c)
{
    return t->options.delimiter == ' ' ? is_blank(c) : c == t->options.delimiter;
}

/* What may be a part of a number, or ends a line, cannot part two numbers. */
static bool check(const csv_text *t)
{
    const tt_csv_options *o = &t->options;
    if (!t->path)
        ctx_error(t->ctx, TT_ERR_ARG, "%s: the path is NULL", t->op);
    else if (o->dtype != TT_F32 && o->dtype != TT_F64 && o->dtype != TT_I64)
        ctx_error(t->ctx, TT_ERR_DTYPE, "%s: %s: float32, float64 and int64 are read, and not %s",
                  t->op, t->path, tt_dtype_name(o->dtype));
    else if (o->dtype == TT_I64 && o->allow_missing)
        ctx_error(t->ctx, TT_ERR_ARG, "%s: %s: missing values are NaN, which no int64 is", t->op,
                  t->path);
    else if (!o->delimiter || !strchr(" \t,;|:/&!", o->delimiter))
        ctx_error(t->ctx, TT_ERR_ARG, "%s: %s: the delimiter is none of \" \\t,;|:/&!\"", t->op,
                  t->path);
    return !t->ctx->err.code;
}

/* Puts what a compressed file holds in the place of its bytes; false: recorded. */
static bool unpacked(csv_text *t, int64_t *size)
{
    if (!gzip_marks(t->data, *size))
        return true;
    char *text = gzip_unpack(t->ctx, t->op, t->path, t->data, *size, size);
    csv_close(t);
    t->data = text;
    return text != NULL;
}

bool csv_open(csv_text *t, tt_ctx *ctx, const char *op, const char *path,
              const tt_csv_options *options)
{
    int64_t size = 0;
    *t = (csv_text){.ctx = ctx, .op = op, .path = path, .options = TT_CSV_OPTIONS_INIT};
    if (options)
        memcpy(&t->options, options,
               options->struct_size < sizeof *options ? options->struct_size : sizeof *options);
    FILE *f = check(t) ? file_open(ctx, op, path, &size) : NULL;
    if (!f)
        return false;
    t->data = ctx->ex.mem.alloc(ctx->ex.mem.user, (size_t)size + 1);
    bool ok = t->data && file_read(ctx, f, op, path, t->data, (size_t)size);
    fclose(f);
    if (!ok || !unpacked(t, &size)) {
        csv_close(t);
        return false;
    }
    t->data[size] = '\0';
    t->end = t->data + size;
    csv_rewind(t);
    return true;
}

void csv_close(csv_text *t)
{
    t->ctx->ex.mem.free(t->ctx->ex.mem.user, t->data);
    t->data = NULL;
}

void csv_rewind(csv_text *t)
{
    static const char mark[] = "\xef\xbb\xbf"; /* that the text is UTF-8, as some write it */
    bool marked = t->end - t->data >= 3 && memcmp(t->data, mark, 3) == 0;
    t->at = t->data + (marked ? 3 : 0);
    t->line = 0;
    t->in_line = false;
}

static void skip_blanks(csv_text *t)
{
    while (t->at < t->end && is_blank(*t->at) &&
           (t->options.delimiter == ' ' || !is_delimiter(t, *t->at)))
        t->at++;
}

static bool at_end_of_line(const csv_text *t)
{
    return t->at == t->end || *t->at == '\n';
}

static void skip_line(csv_text *t)
{
    while (t->at < t->end && *t->at != '\n')
        t->at++;
    t->at += t->at < t->end;
}

bool csv_next_line(csv_text *t)
{
    if (t->in_line) /* of a header, what nobody asked for */
        skip_line(t);
    for (t->in_line = false; t->at < t->end; skip_line(t)) {
        t->line++;
        skip_blanks(t);
        t->in_line = !at_end_of_line(t) && !(t->options.comment && *t->at == t->options.comment);
        if (t->in_line)
            return true;
    }
    return false;
}

static void read_plain(csv_text *t, csv_field *f)
{
    *f = (csv_field){.text = t->at};
    while (t->at < t->end && *t->at != '\n' && !is_delimiter(t, *t->at))
        t->at++;
    f->length = t->at - f->text;
    while (f->length && is_blank(f->text[f->length - 1]))
        f->length--;
}

/* From behind a quote to the next one that is not doubled; false: the field does not end there, or
 * there is none. */
static bool read_quoted(csv_text *t, csv_field *f)
{
    const csv_text before = *t;
    *f = (csv_field){.text = ++t->at, .quoted = true};
    while (t->at < t->end && (*t->at != '"' || t->at[1] == '"')) {
        t->line += *t->at == '\n';
        t->at += *t->at == '"' ? 2 : 1;
    }
    f->length = t->at - f->text;
    bool closed = t->at < t->end;
    t->at += closed;
    if (closed && (at_end_of_line(t) || is_delimiter(t, *t->at)))
        return true;
    skip_blanks(t);
    if (closed && t->options.delimiter != ' ' && (at_end_of_line(t) || is_delimiter(t, *t->at)))
        return true;
    *t = before;
    return false;
}

bool csv_next_field(csv_text *t, csv_field *f)
{
    if (!t->in_line)
        return false;
    skip_blanks(t);
    if (at_end_of_line(t) || *t->at != '"' || !read_quoted(t, f))
        read_plain(t, f);
    skip_blanks(t);
    if (at_end_of_line(t)) {
        t->in_line = false;
        t->at += t->at < t->end;
    } else if (t->options.delimiter != ' ') {
        t->at++; /* the delimiter */
    }
    return true;
}
