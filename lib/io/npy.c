/* NumPy's npy format. Input: a tensor or a source of bytes; output: the file's bytes or a tensor.
 * Invariant: a header is believed only as far as the bytes that follow it bear it out. */
#include "file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/io.h>

enum { MAX_HEADER = 65536, PIECE = 4096 };

static const struct {
    const char *code; /* without the byte order */
    tt_dtype dtype;
} codes[] = {{"f4", TT_F32}, {"f8", TT_F64}, {"i8", TT_I64}, {"b1", TT_BOOL},
             {"i4", TT_I32}, {"u1", TT_U8},  {"f2", TT_F16}};

static const char *code_of(tt_dtype d)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].dtype == d)
            return codes[i].code;
    return NULL;
}

static bool little_endian(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one == 1;
}

bool npy_supports(tt_tensor *x, const char *name)
{
    if (code_of(x->dtype))
        return true;
    ctx_error(x->ctx, TT_ERR_DTYPE, "%s: the npy format has no %s; cast to float32 first", name,
              tt_dtype_name(x->dtype));
    return false;
}

/* Magic, version, length and dictionary, padded so that the data begin at a multiple of 64. */
static int header(const tt_tensor *x, char *out, size_t size)
{
    const char *code = code_of(x->dtype);
    char shape[32 * LAYOUT_MAX_NDIM] = "", dict[sizeof shape + 128];
    for (int i = 0, n = 0; i < x->at.ndim; i++)
        n += snprintf(shape + n, sizeof shape - (size_t)n, "%lld%s", (long long)x->at.shape[i],
                      x->at.ndim == 1      ? ","
                      : i + 1 < x->at.ndim ? ", "
                                           : "");
    int n =
        snprintf(dict, sizeof dict, "{'descr': '%c%s', 'fortran_order': False, 'shape': (%s), }",
                 code[1] == '1'    ? '|'
                 : little_endian() ? '<'
                                   : '>',
                 code, shape);
    int total = (10 + n + 1 + 63) / 64 * 64, length = total - 10;
    snprintf(out, size, "\x93NUMPY%c%c%c%c%-*s\n", 1, 'v', length & 255, length >> 8, length - 1,
             dict);
    out[7] = 0; /* minor version: no format can print it */
    out[8] = (char)(length & 255);
    out[9] = (char)(length >> 8);
    return total;
}

int64_t npy_size(const tt_tensor *x)
{
    char text[2048];
    return header(x, text, sizeof text) + tensor_numel(x) * element_size(x->dtype);
}

void tensor_bytes(const tt_tensor *x, byte_sink put, void *user)
{
    size_t item = (size_t)element_size(x->dtype);
    int64_t n = tensor_numel(x);
    char piece[PIECE];
    layout at;
    if (layout_is_contiguous(&x->at)) {
        put(user, x->data, (size_t)n * item);
        return;
    }
    layout_copy(&at, &x->at);
    at.offset = 0;
    size_t fill = 0;
    for (int64_t k = 0; k < n; k++) {
        memcpy(piece + fill, x->data + layout_at(&at, k) * (int64_t)item, item);
        fill += item;
        if (fill == PIECE || k + 1 == n) {
            put(user, piece, fill);
            fill = 0;
        }
    }
}

void npy_emit(const tt_tensor *x, byte_sink put, void *user)
{
    char text[2048];
    int n = header(x, text, sizeof text);
    put(user, text, (size_t)n);
    tensor_bytes(x, put, user);
}

static void put_file(void *user, const void *data, size_t bytes)
{
    file_write(user, data, bytes);
}

static tt_status save(tt_ctx *ctx, tt_tensor *x, const char *path)
{
    file_out o;
    if (!path)
        return ctx_error(ctx, TT_ERR_ARG, "save_npy: the path is NULL");
    if (!npy_supports(x, "save_npy") || !file_create(&o, ctx, "save_npy", path))
        return ctx->err.code;
    npy_emit(x, put_file, &o);
    return file_commit(&o);
}

tt_status tt_save_npy(tt_tensor *x, const char *path)
{
    error_state held;
    if (!tensor_alive(x))
        return TT_ERR_ARG;
    ctx_put_aside(x->ctx, &held);
    tt_status status = save(x->ctx, x, path);
    ctx_put_back(x->ctx, &held);
    return status;
}

typedef struct npy_header {
    tt_dtype dtype;
    bool swap, fortran;
    int ndim;
    int64_t shape[LAYOUT_MAX_NDIM];
    char why[96]; /* what is wrong with it, where more can be said than that it is no dictionary */
} npy_header;

/* A cursor over the dictionary's text, which ends in a NUL. */
static void skip_space(const char **s)
{
    while (isspace((unsigned char)**s))
        ++*s;
}

static bool expect(const char **s, const char *word)
{
    skip_space(s);
    size_t n = strlen(word);
    if (strncmp(*s, word, n) != 0)
        return false;
    *s += n;
    return true;
}

static bool parse_descr(const char **s, npy_header *h)
{
    skip_space(s);
    int n = 0;
    while (n < 40 && isprint((unsigned char)(*s)[n]) && !strchr(",}", (*s)[n]))
        n++;
    snprintf(h->why, sizeof h->why, "a dtype of %.*s; known are f4 f8 f2 i8 i4 u1 b1", n, *s);
    char quote = **s;
    if (quote != '\'' && quote != '"')
        return false;
    char order = *++*s;
    if (!order || !strchr("<>|=", order))
        return false;
    ++*s;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strncmp(*s, codes[i].code, 2) == 0 && (*s)[2] == quote) {
            h->dtype = codes[i].dtype;
            h->swap = order == (little_endian() ? '>' : '<');
            *s += 3;
            h->why[0] = '\0';
            return true;
        }
    return false;
}

static bool parse_shape(const char **s, npy_header *h)
{
    if (!expect(s, "("))
        return false;
    for (h->ndim = 0; !expect(s, ")"); h->ndim++) {
        char *end;
        skip_space(s);
        if (!isdigit((unsigned char)**s))
            return false;
        if (h->ndim == LAYOUT_MAX_NDIM) {
            snprintf(h->why, sizeof h->why, "more than %d axes", LAYOUT_MAX_NDIM);
            return false;
        }
        long long v = strtoll(*s, &end, 10);
        h->shape[h->ndim] = v;
        *s = end;
        if (!expect(s, ",") && !(expect(s, ")") && (--*s, true)))
            return false;
    }
    return true;
}

static bool parse_dict(const char *s, npy_header *h)
{
    unsigned seen = 0;
    if (!expect(&s, "{"))
        return false;
    while (!expect(&s, "}")) {
        if (expect(&s, "'descr':")) {
            if (!parse_descr(&s, h))
                return false;
            seen |= 1;
        } else if (expect(&s, "'fortran_order':")) {
            h->fortran = expect(&s, "True");
            if (!h->fortran && !expect(&s, "False"))
                return false;
            seen |= 2;
        } else if (expect(&s, "'shape':")) {
            if (!parse_shape(&s, h))
                return false;
            seen |= 4;
        } else {
            return false;
        }
        expect(&s, ",");
    }
    return seen == 7;
}

static bool bad(tt_ctx *ctx, const byte_source *s, const char *why)
{
    ctx_error(ctx, TT_ERR_FORMAT, "%s: %s: not a npy file that can be read: %s", s->op, s->path,
              why);
    return false;
}

/* Length of the dictionary, from the first bytes. */
static bool read_start(tt_ctx *ctx, byte_source *s, uint32_t *length)
{
    unsigned char b[12];
    if (s->size < 10)
        return bad(ctx, s, "shorter than a header");
    if (!s->read(s->user, b, 10))
        return false;
    s->size -= 10;
    if (memcmp(b, "\x93NUMPY", 6) != 0)
        return bad(ctx, s, "it does not begin with \\x93NUMPY");
    *length = (uint32_t)b[8] | (uint32_t)b[9] << 8;
    if (b[6] < 1 || b[6] > 3)
        return bad(ctx, s, "its format version is not 1, 2 or 3");
    if (b[6] == 1)
        return true;
    if (s->size < 2 || !s->read(s->user, b + 10, 2))
        return bad(ctx, s, "shorter than a header");
    s->size -= 2;
    *length |= (uint32_t)b[10] << 16 | (uint32_t)b[11] << 24;
    return true;
}

static bool read_header(tt_ctx *ctx, byte_source *s, npy_header *h)
{
    uint32_t length;
    *h = (npy_header){0};
    if (!read_start(ctx, s, &length))
        return false;
    if (length > MAX_HEADER || (int64_t)length > s->size)
        return bad(ctx, s, "the header is longer than the file");
    char *text = ctx->ex.mem.alloc(ctx->ex.mem.user, length + 1);
    if (!text)
        return false;
    bool ok = s->read(s->user, text, length);
    text[length] = '\0';
    s->size -= length;
    if (ok && !parse_dict(text, h))
        ok =
            bad(ctx, s, h->why[0] ? h->why : "its dictionary is not {descr, fortran_order, shape}");
    ctx->ex.mem.free(ctx->ex.mem.user, text);
    return ok;
}

static void swap_bytes(char *data, int64_t n, size_t item)
{
    for (int64_t k = 0; k < n; k++, data += item)
        for (size_t i = 0; i < item / 2; i++) {
            char c = data[i];
            data[i] = data[item - 1 - i];
            data[item - 1 - i] = c;
        }
}

/* Fortran order is C order with the axes reversed: a permuted view of what was read. */
static tt_tensor *as_c_order(tt_tensor *t)
{
    int axes[LAYOUT_MAX_NDIM];
    layout at;
    for (int i = 0; i < t->at.ndim; i++)
        axes[i] = t->at.ndim - 1 - i;
    layout_permute(&at, &t->at, axes);
    tt_tensor *view = tensor_view(t, &at);
    tensor_release(t);
    return view;
}

tt_tensor *npy_read(tt_ctx *ctx, byte_source *s)
{
    npy_header h;
    layout at;
    if (!read_header(ctx, s, &h))
        return NULL;
    for (int i = 0; h.fortran && i < h.ndim / 2; i++) {
        int64_t size = h.shape[i];
        h.shape[i] = h.shape[h.ndim - 1 - i];
        h.shape[h.ndim - 1 - i] = size;
    }
    size_t item = (size_t)element_size(h.dtype);
    if (!layout_init(&at, h.ndim, h.shape))
        return bad(ctx, s, "its shape overflows"), NULL;
    int64_t n = layout_numel(&at);
    if (n > s->size / (int64_t)item)
        return bad(ctx, s, "the data are cut off"), NULL;
    tt_tensor *t = tensor_new(ctx, h.dtype, &at);
    if (!t)
        return NULL;
    if (!s->read(s->user, t->data, (size_t)n * item)) {
        tensor_release(t);
        return NULL;
    }
    if (h.swap)
        swap_bytes(t->data, n, item);
    for (int64_t k = 0; h.dtype == TT_BOOL && k < n; k++)
        t->data[k] = (char)(t->data[k] != 0); /* any other byte would be no bool */
    return h.fortran && h.ndim > 1 ? as_c_order(t) : t;
}

typedef struct open_file {
    tt_ctx *ctx;
    FILE *f;
    const char *path;
} open_file;

static bool read_file(void *user, void *data, size_t bytes)
{
    open_file *o = user;
    return file_read(o->ctx, o->f, "load_npy", o->path, data, bytes);
}

tt_tensor *tt_load_npy(tt_ctx *ctx, const char *path)
{
    open_file o = {ctx, NULL, path};
    byte_source s = {read_file, &o, 0, "load_npy", path};
    if (!ctx || ctx->err.code)
        return NULL;
    if (!path) {
        ctx_error(ctx, TT_ERR_ARG, "load_npy: the path is NULL");
        return NULL;
    }
    o.f = file_open(ctx, "load_npy", path, &s.size);
    if (!o.f)
        return NULL;
    tt_tensor *t = npy_read(ctx, &s);
    fclose(o.f);
    return t;
}
