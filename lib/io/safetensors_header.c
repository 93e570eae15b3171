/* Reads the header of a safetensors file, which is JSON of one form: an object of tensors, each an
 * object of dtype, shape and data_offsets, and one object of strings. Input: bytes that nobody has
 * checked; output: tables of them. Invariant: the cursor never passes the end, and a string is
 * written to the text only where the JSON it came from took more room. */
#include "safetensors_header.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct cursor {
    const char *at, *begin, *end;
    char *text; /* where the next string goes */
    st_header *h;
    st_error *why;
} cursor;

static bool fail(cursor *c, const char *format, ...) TT_PRINTF(2, 3);
static bool fail(cursor *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n =
        snprintf(c->why->s, sizeof c->why->s, "header, byte %lld: ", (long long)(c->at - c->begin));
    vsnprintf(c->why->s + n, sizeof c->why->s - (size_t)n, format, args);
    va_end(args);
    return false;
}

static bool no_memory(cursor *c)
{
    c->why->s[0] = '\0';
    return false;
}

static void skip_space(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
        c->at++;
}

static bool next_is(cursor *c, char wanted)
{
    skip_space(c);
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static bool expect(cursor *c, char wanted)
{
    return next_is(c, wanted) || fail(c, "'%c' is missing", wanted);
}

/* Bytes of the UTF-8 character at s, of which n are there; 0: it is none. */
static int utf8_length(const char *s, int64_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80)
        return 1;
    int length = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
    if (u[0] < 0xc2 || u[0] > 0xf4 || n < length)
        return 0;
    for (int i = 1; i < length; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 0;
    if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) || /* overlong, surrogate */
        (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))   /* overlong, too large */
        return 0;
    return length;
}

bool st_is_utf8(const char *s, int64_t n)
{
    for (int64_t i = 0, length; i < n; i += length)
        if ((length = utf8_length(s + i, n - i)) == 0)
            return false;
    return true;
}

static char *put_utf8(char *to, uint32_t v)
{
    if (v < 0x80) {
        *to++ = (char)v;
        return to;
    }
    if (v < 0x800) {
        *to++ = (char)(0xc0 | v >> 6);
    } else {
        if (v < 0x10000) {
            *to++ = (char)(0xe0 | v >> 12);
        } else {
            *to++ = (char)(0xf0 | v >> 18);
            *to++ = (char)(0x80 | (v >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (v >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (v & 0x3f));
    return to;
}

static bool hex4(cursor *c, uint32_t *v)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    *v = 0;
    for (int i = 0; i < 4; i++, c->at++) {
        const char *d = c->at < c->end && *c->at ? strchr(digits, *c->at) : NULL;
        if (!d)
            return fail(c, "\\u is followed by four hexadecimal digits");
        *v = *v << 4 | ((uint32_t)(d - digits) & 15);
    }
    return true;
}

/* \uXXXX, after the u; characters beyond 16 bits are two of them. */
static bool unicode_escape(cursor *c)
{
    uint32_t v, low;
    if (!hex4(c, &v))
        return false;
    if (v == 0)
        return fail(c, "a string holds a NUL");
    if (v >= 0xd800 && v < 0xe000) {
        if (v >= 0xdc00 || c->end - c->at < 2 || c->at[0] != '\\' || c->at[1] != 'u')
            return fail(c, "half of a surrogate pair");
        c->at += 2;
        if (!hex4(c, &low))
            return false;
        if (low < 0xdc00 || low >= 0xe000)
            return fail(c, "half of a surrogate pair");
        v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
    }
    c->text = put_utf8(c->text, v);
    return true;
}

static bool escape(cursor *c)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (c->at == c->end)
        return fail(c, "a string does not end");
    char e = *c->at++;
    if (e == 'u')
        return unicode_escape(c);
    const char *which = e ? strchr(from, e) : NULL;
    if (!which)
        return fail(c, "an unknown escape in a string");
    *c->text++ = to[which - from];
    return true;
}

static bool string(cursor *c, const char **out)
{
    if (!expect(c, '"'))
        return false;
    *out = c->text;
    while (c->at < c->end && *c->at != '"') {
        int length = utf8_length(c->at, c->end - c->at);
        if (!length)
            return fail(c, "a string is not UTF-8");
        if ((unsigned char)*c->at < ' ')
            return fail(c, "a control character in a string");
        if (*c->at == '\\') {
            c->at++;
            if (!escape(c))
                return false;
            continue;
        }
        while (length--)
            *c->text++ = *c->at++;
    }
    if (c->at == c->end)
        return fail(c, "a string does not end");
    c->at++;
    *c->text++ = '\0';
    return true;
}

static bool integer(cursor *c, int64_t *out)
{
    skip_space(c);
    const char *first = c->at;
    int64_t v = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        int digit = *c->at - '0';
        if (v > (INT64_MAX - digit) / 10)
            return fail(c, "a number is too large");
        v = 10 * v + digit;
    }
    if (c->at == first || (*first == '0' && c->at - first > 1))
        return fail(c, "a whole number, 0 or more, is missing");
    *out = v;
    return true;
}

static bool shape(cursor *c, st_entry *e)
{
    bool empty = false, overflow = false;
    e->numel = 1;
    e->ndim = 0;
    if (!expect(c, '['))
        return false;
    if (next_is(c, ']'))
        return true;
    do {
        int64_t size;
        if (!integer(c, &size))
            return false;
        if (e->ndim < LAYOUT_MAX_NDIM)
            e->shape[e->ndim] = size;
        e->ndim++;
        empty = empty || size == 0;
        overflow = overflow || (size && !mul_fits(e->numel, size, &e->numel));
    } while (next_is(c, ','));
    if (empty)
        e->numel = 0;
    else if (overflow)
        e->numel = -1;
    return expect(c, ']');
}

static bool offsets(cursor *c, st_entry *e)
{
    return expect(c, '[') && integer(c, &e->begin) && expect(c, ',') && integer(c, &e->end) &&
           expect(c, ']');
}

/* {"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}, in any order, each once. */
static bool tensor(cursor *c, st_entry *e)
{
    static const char *const keys[] = {"dtype", "shape", "data_offsets"};
    unsigned seen = 0;
    if (!expect(c, '{'))
        return false;
    do {
        const char *key;
        int k = 0;
        if (!string(c, &key) || !expect(c, ':'))
            return false;
        while (k < 3 && strcmp(key, keys[k]) != 0)
            k++;
        if (k == 3 || (seen & 1u << k))
            return fail(c, "tensor '%.200s': key '%.60s' is %s", e->name, key,
                        k == 3 ? "unknown" : "there twice");
        seen |= 1u << k;
        if (!(k == 0 ? string(c, &e->dtype) : k == 1 ? shape(c, e) : offsets(c, e)))
            return false;
    } while (next_is(c, ','));
    for (int k = 0; k < 3; k++)
        if (!(seen & 1u << k))
            return fail(c, "tensor '%.200s': %s is missing", e->name, keys[k]);
    return expect(c, '}');
}

/* Room for one more item: the table, twice as large when it is full. */
static void *grow(cursor *c, void *table, int64_t n, int64_t *room, size_t item)
{
    if (n < *room)
        return table;
    int64_t more = *room ? 2 * *room : 64;
    void *larger = block_alloc(c->h->pool, (size_t)more * item);
    if (!larger)
        return NULL;
    if (n)
        memcpy(larger, table, (size_t)n * item);
    block_free(c->h->pool, table);
    *room = more;
    return larger;
}

static bool metadata(cursor *c)
{
    st_header *h = c->h;
    if (!expect(c, '{'))
        return false;
    if (next_is(c, '}'))
        return true;
    do {
        st_pair *room = grow(c, h->pair, h->pairs, &h->pairs_room, sizeof *h->pair);
        if (!room)
            return no_memory(c);
        h->pair = room;
        st_pair *p = &room[h->pairs];
        if (!string(c, &p->key) || !expect(c, ':') || !string(c, &p->value))
            return false;
        h->pairs++;
    } while (next_is(c, ','));
    return expect(c, '}');
}

static bool member(cursor *c, bool *has_metadata)
{
    st_header *h = c->h;
    st_entry *room = grow(c, h->entry, h->entries, &h->entries_room, sizeof *h->entry);
    if (!room)
        return no_memory(c);
    h->entry = room;
    st_entry *e = &room[h->entries];
    if (!string(c, &e->name) || !expect(c, ':'))
        return false;
    if (strcmp(e->name, ST_METADATA) != 0) {
        h->entries++;
        return tensor(c, e);
    }
    if (*has_metadata)
        return fail(c, "'" ST_METADATA "' is there twice");
    *has_metadata = true;
    return metadata(c);
}

static bool whole(cursor *c)
{
    bool has_metadata = false;
    if (!expect(c, '{'))
        return false;
    if (!next_is(c, '}')) {
        do {
            if (!member(c, &has_metadata))
                return false;
        } while (next_is(c, ','));
        if (!expect(c, '}'))
            return false;
    }
    skip_space(c);
    return c->at == c->end || fail(c, "text after the end of the JSON");
}

bool st_parse(st_header *h, block_pool *pool, const char *json, int64_t n, st_error *why)
{
    *h = (st_header){.pool = pool, .text = block_alloc(pool, (size_t)n + 1)};
    cursor c = {json, json, json + n, h->text, h, why};
    bool ok = h->text ? whole(&c) : no_memory(&c);
    if (!ok)
        st_free(h);
    return ok;
}

void st_free(st_header *h)
{
    block_free(h->pool, h->pair);
    block_free(h->pool, h->entry);
    block_free(h->pool, h->text);
}
