/* Readers of CSV and idx. Input: paths; output: arrays of floats and labels, or one line
 * that says where the file is wrong. Invariant: a file is read whole into memory first, and nothing
 * past its end is looked at. */
#define _POSIX_C_SOURCE 200809L
#include "dataset.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if HAVE_ZLIB
#include <zlib.h>
#endif

#include "error.h"

typedef struct bytes {
    unsigned char *data; /* with a NUL behind the last */
    size_t n;
} bytes;

static bool complain(dataset *d, const char *path, const char *why)
{
    return fail_with(d->error, sizeof d->error, "%s: %s", path, why);
}

static bool complain_at(dataset *d, const char *path, int64_t line, int64_t column, const char *why)
{
    return fail_with(d->error, sizeof d->error, "%s: line %lld, column %lld: %s", path,
                     (long long)line, (long long)column, why);
}

#if HAVE_ZLIB
typedef gzFile input; /* reads plain files as they are */
#define INPUT_OPEN(path)    gzopen(path, "rb")
#define INPUT_STANDARD()    gzdopen(dup(STDIN_FILENO), "rb")
#define INPUT_READ(f, p, n) gzread(f, p, (unsigned)(n))
#define INPUT_CLOSE(f)      gzclose(f)

static bool lacks_memory(gzFile f)
{
    int code;
    gzerror(f, &code);
    return code == Z_MEM_ERROR;
}
#else
typedef FILE *input;
#define INPUT_OPEN(path)    fopen(path, "rb")
#define INPUT_STANDARD()    fdopen(dup(STDIN_FILENO), "rb")
#define INPUT_READ(f, p, n) (int)fread(p, 1, n, f)
#define INPUT_CLOSE(f)      fclose(f)

static bool lacks_memory(FILE *f)
{
    return !f;
}
#endif

/* Whether so many bytes are too many to come of a file: tables are packed to a fifth, or a
 * twentieth. */
static bool is_bomb(const char *path, size_t n)
{
    enum { HARMLESS = 1 << 28, MOST = 200 };
    struct stat st;
    return n > HARMLESS && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           n / MOST > (size_t)st.st_size;
}

static bool read_all(const char *path, bytes *b, dataset *d)
{
    size_t room = 1 << 16;
    input f = strcmp(path, "-") == 0 ? INPUT_STANDARD() : INPUT_OPEN(path);
    *b = (bytes){f ? malloc(room) : NULL, 0};
    if (!f)
        return complain(d, path, strerror(errno));
    int got = 0;
    while (b->data && (got = INPUT_READ(f, b->data + b->n, room - b->n - 1)) > 0) {
        b->n += (size_t)got;
        if (is_bomb(path, b->n)) {
            free(b->data);
            INPUT_CLOSE(f);
            return complain(d, path, "it is unpacked to more than 200 times its size");
        }
        if (room - b->n > 1)
            continue;
        unsigned char *more = realloc(b->data, room *= 2);
        if (!more)
            free(b->data);
        b->data = more;
    }
    if (got < 0 && lacks_memory(f)) {
        free(b->data);
        b->data = NULL;
    }
    int rc = INPUT_CLOSE(f);
    if (!b->data)
        return complain(d, path, "out of memory");
    if (got < 0 || rc != 0) {
        free(b->data);
        return complain(d, path, "the file is damaged or cut off");
    }
    b->data[b->n] = '\0';
#if !HAVE_ZLIB
    if (b->n > 2 && b->data[0] == 0x1f && b->data[1] == 0x8b) {
        free(b->data);
        return complain(d, path, "compressed, and this program was built without zlib");
    }
#endif
    return true;
}

static int64_t count_fields(const char *line)
{
    int64_t n = 1;
    for (; *line && *line != '\n'; line++)
        n += *line == ',';
    return n;
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\n' || line[strspn(line, " \t\r")] == '\0';
}

static bool field(dataset *d, const char *path, int64_t line, int64_t column, const char **at,
                  double *v)
{
    char *end;
    bool last = column > d->features;
    const char *s = *at + strspn(*at, " \t");
    bool empty = *s == ',' || *s == '\n' || *s == '\r' || !*s;
    *v = empty ? 0 : strtod(s, &end);
    if (!empty)
        end += strspn(end, " \t\r");
    if (empty || end == s || !isfinite(*v) || (*end && *end != '\n' && *end != ','))
        return complain_at(d, path, line, column, empty ? "a field is missing" : "not a number");
    if ((*end == ',') == last)
        return complain_at(d, path, line, column + !last,
                           last ? "too many fields" : "a field is missing");
    *at = end + (*end != '\0');
    return true;
}

static bool row(const char *path, int64_t line, const char **at, dataset *d)
{
    double v = 0;
    for (int64_t c = 0; c <= d->features; c++) {
        if (!field(d, path, line, c + 1, at, &v))
            return false;
        if (c < d->features)
            d->x[d->n * d->features + c] = (float)v;
    }
    if (v < 0 || v > 65535 || v != floor(v))
        return fail_with(d->error, sizeof d->error,
                         "%s: line %lld, column %lld: %g is not a label (0, 1, 2, ...)", path,
                         (long long)line, (long long)d->features + 1, v);
    d->y[d->n++] = (int64_t)v;
    d->classes = (int64_t)v >= d->classes ? (int64_t)v + 1 : d->classes;
    return true;
}

static const char *next_line(const char *s)
{
    s = strchr(s, '\n');
    return s ? s + 1 : NULL;
}

static bool parse_csv(const char *path, const bytes *b, dataset *d)
{
    const char *at = (const char *)b->data;
    int64_t lines = 1;
    if (strlen(at) != b->n)
        return complain(d, path, "not a text file");
    for (const char *s = at; *s; s++)
        lines += *s == '\n';
    d->features = count_fields(at) - 1;
    if (d->features < 1)
        return complain(d, path, "line 1: at least one number and a label are needed");
    d->x = malloc((size_t)(lines * d->features) * sizeof *d->x);
    d->y = malloc((size_t)lines * sizeof *d->y);
    if (!d->x || !d->y)
        return complain(d, path, "out of memory");
    for (int64_t line = 1; at && *at; line++)
        if (is_blank(at))
            at = next_line(at);
        else if (!row(path, line, &at, d))
            return false;
    return d->n > 0 || complain(d, path, "no rows");
}

bool dataset_read_csv(const char *path, dataset *d)
{
    bytes b;
    *d = (dataset){0};
    if (!read_all(path, &b, d))
        return false;
    bool ok = parse_csv(path, &b, d);
    free(b.data);
    if (!ok)
        dataset_free(d);
    return ok;
}

static int64_t big_endian(const unsigned char *p)
{
    return (int64_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

/* Sizes of an idx file of bytes with `ndim` axes; false when it is not one. */
static bool idx_header(dataset *d, const char *path, const bytes *b, int ndim, int64_t *shape)
{
    int64_t n = 1;
    size_t header = 4 + 4 * (size_t)ndim;
    if (b->n < header || b->data[0] || b->data[1] || b->data[2] != 8 || b->data[3] != ndim)
        return complain(d, path,
                        ndim == 3 ? "not an idx file of pictures" : "not an idx file of labels");
    for (int i = 0; i < ndim; i++) {
        shape[i] = big_endian(b->data + 4 + 4 * i);
        if (shape[i] == 0 || n > INT64_MAX / 8 / shape[i])
            return complain(d, path, "an idx file with impossible sizes");
        n *= shape[i];
    }
    return b->n - header == (size_t)n ||
           complain(d, path, "cut off: fewer bytes than its header says");
}

static bool parse_idx(const char *images, const bytes *x, const char *labels, const bytes *y,
                      dataset *d)
{
    int64_t shape[3], count;
    if (!idx_header(d, images, x, 3, shape) || !idx_header(d, labels, y, 1, &count))
        return false;
    if (shape[0] != count)
        return complain(d, labels, "another number of labels than there are pictures");
    d->n = count;
    d->features = shape[1] * shape[2];
    d->x = malloc((size_t)(d->n * d->features) * sizeof *d->x);
    d->y = malloc((size_t)d->n * sizeof *d->y);
    if (!d->x || !d->y)
        return complain(d, images, "out of memory");
    for (int64_t i = 0; i < d->n * d->features; i++)
        d->x[i] = (float)x->data[16 + i] / 255;
    for (int64_t i = 0; i < d->n; i++) {
        d->y[i] = y->data[8 + i];
        d->classes = d->y[i] >= d->classes ? d->y[i] + 1 : d->classes;
    }
    return true;
}

bool dataset_read_idx(const char *images, const char *labels, dataset *d)
{
    bytes x, y;
    *d = (dataset){0};
    if (!read_all(images, &x, d))
        return false;
    if (!read_all(labels, &y, d)) {
        free(x.data);
        return false;
    }
    bool ok = parse_idx(images, &x, labels, &y, d);
    free(x.data);
    free(y.data);
    if (!ok)
        dataset_free(d);
    return ok;
}

void dataset_free(dataset *d)
{
    free(d->x);
    free(d->y);
    d->x = NULL;
    d->y = NULL;
    d->n = d->features = d->classes = 0;
}
