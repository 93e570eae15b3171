/* Slices and printing against NumPy, read from slices.txt and printing.txt (numpy_text.py makes
 * them, and tells how they are written). */
#include "../unit/unit.h"

#include <stdio.h>

enum { LINE = 4096, TEXT = 1 << 16 };

static const char *slices_path, *printing_path;

static FILE *opened(const char *path)
{
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s cannot be read", path);
    return f;
}

/* The next line without its end; false at the end of the file. */
static bool next_line(FILE *f, char *line)
{
    if (!fgets(line, LINE, f))
        return false;
    ck_assert_msg(strchr(line, '\n') != NULL, "a line is too long: %.40s", line);
    line[strcspn(line, "\n")] = '\0';
    return true;
}

/* Reads sizes apart by anything that is no digit. */
static int read_shape(const char *text, int64_t *shape)
{
    int n = 0;
    while (text += strcspn(text, "0123456789"), *text) {
        char *end;
        shape[n++] = strtoll(text, &end, 10);
        text = end;
    }
    return n;
}

static tt_tensor *numbers(tt_ctx *ctx, int ndim, const int64_t *shape)
{
    int64_t n = 1;
    for (int i = 0; i < ndim; i++)
        n *= shape[i];
    return tt_reshape(tt_arange(ctx, TT_I64, 0, (double)n, 1), ndim, shape);
}

static tt_tensor *viewed(tt_tensor *x, const char *views)
{
    for (; *views; views++) {
        int axes[TT_MAX_NDIM], n = tt_ndim(x);
        for (int i = 0; i < n; i++)
            axes[i] = n - 1 - i;
        if (*views == 't')
            x = tt_permute(x, n, axes);
        if (*views == 'f')
            x = tt_flip(x, TT_ALL_AXES);
        if (*views == 's')
            x = tt_slice(x, "..., ::2");
    }
    return x;
}

/* The sum of (k + 1) times the k-th element. */
static int64_t weighted(tt_tensor *x)
{
    tt_tensor *k = tt_arange(tt_ctx_of(x), TT_I64, 1, (double)tt_numel(x) + 1, 1);
    return tt_item_i64(tt_sum(tt_mul(tt_flatten(x, 0, -1), k), TT_ALL_AXES, false));
}

/* line: shape; views; items; result. */
static void check_slice(tt_ctx *ctx, char *line)
{
    char *field[4] = {line};
    for (int i = 1; i < 4; i++) {
        field[i] = strchr(field[i - 1], ';');
        ck_assert_msg(field[i] != NULL, "no slice: %s", line);
        *field[i] = '\0';
        field[i] += 2;
    }
    int64_t shape[TT_MAX_NDIM], want[TT_MAX_NDIM];
    tt_tensor *x = viewed(numbers(ctx, read_shape(line, shape), shape), field[1]);
    tt_tensor *y = tt_slice_n(x, field[2]);
    char *sum = strchr(field[3], '=');
    if (!sum) {
        tt_status code = strcmp(field[3], "index") == 0 ? TT_ERR_INDEX : TT_ERR_PATTERN;
        ck_assert_msg(!y && tt_error_code(ctx) == code, "(%s) [%s]: %s: %s", line, field[2],
                      field[3], tt_error_message(ctx));
        tt_error_clear(ctx);
        return;
    }
    *sum = '\0';
    ck_assert_msg(y != NULL, "(%s) [%s]: %s", line, field[2], tt_error_message(ctx));
    ck_assert_msg(tt_same_storage(x, y), "(%s) [%s] is no view", line, field[2]);
    expect_shape(y, read_shape(field[3], want), want);
    ck_assert_msg(weighted(y) == strtoll(sum + 1, NULL, 10), "(%s) [%s]", line, field[2]);
}

START_TEST(slices_are_those_of_numpy)
{
    char line[LINE];
    int n = 0;
    tt_ctx *ctx = tt_ctx_new();
    FILE *f = opened(slices_path);
    for (; next_line(f, line); n++) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        check_slice(ctx, line);
        tt_scope_end(ctx, s);
    }
    ck_assert_int_ge(n, 500);
    fclose(f);
    tt_ctx_free(ctx);
}
END_TEST

/* The numbers of a line as a tensor; of an empty line 0, 1, 2, ... */
static tt_tensor *read_values(tt_ctx *ctx, const char *text, tt_dtype dtype, int ndim,
                              const int64_t *shape)
{
    tt_tensor *x = tt_cast(numbers(ctx, ndim, shape), TT_F64);
    double *p = tt_data(x);
    char *end;
    for (int64_t k = 0; *text; k++, text = end) {
        ck_assert_int_lt(k, tt_numel(x));
        p[k] = strtod(text, &end);
        ck_assert_msg(end != text, "no number: %s", text);
    }
    return tt_cast(x, dtype);
}

static tt_tensor *read_case(tt_ctx *ctx, FILE *f, char *line, tt_print_options *o)
{
    char name[16], sizes[64];
    int64_t shape[TT_MAX_NDIM];
    int precision, threshold, edge, width, suppress, dtype = TT_F32;
    int got = sscanf(line, "%15s %63s %d %d %d %d %d", name, sizes, &precision, &threshold, &edge,
                     &width, &suppress);
    ck_assert_msg(got == 7, "no case: %s", line);
    while (dtype < TT_BF16 && strcmp(tt_dtype_name((tt_dtype)dtype), name) != 0)
        dtype++;
    *o = (tt_print_options){sizeof *o, precision, threshold, edge, width, suppress};
    ck_assert(next_line(f, line));
    return read_values(ctx, line, (tt_dtype)dtype, read_shape(sizes, shape), shape);
}

/* Prints, and takes off what NumPy does not print: shape and dtype. */
static void print_array(tt_tensor *x, const tt_print_options *o, char *text)
{
    ck_assert_uint_lt(tt_format(x, o, text, TEXT), TEXT);
    char *last = strrchr(text, '(');
    ck_assert_ptr_nonnull(last);
    ck_assert_ptr_nonnull(strstr(last, tt_dtype_name(tt_dtype_of(x))));
    last[-2] = '\0';
}

START_TEST(arrays_are_printed_as_numpy_prints)
{
    static char got[TEXT];
    char line[LINE];
    int cases = 0;
    tt_ctx *ctx = tt_ctx_new();
    FILE *f = opened(printing_path);
    for (bool more = next_line(f, line); more; cases++) {
        tt_print_options o;
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        tt_tensor *x = read_case(ctx, f, line, &o);
        print_array(x, &o, got);
        const char *at = got;
        while ((more = next_line(f, line)) && *line == '|') {
            size_t n = strlen(line + 1);
            ck_assert_msg(strncmp(at, line + 1, n) == 0 && (at[n] == '\n' || !at[n]),
                          "case %d: instead of\n%s\n%s", cases, line + 1, got);
            at += n + (at[n] == '\n');
        }
        ck_assert_msg(!*at, "case %d: too much: %s", cases, got);
        tt_scope_end(ctx, s);
    }
    ck_assert_int_ge(cases, 150);
    fclose(f);
    tt_ctx_free(ctx);
}
END_TEST

int main(int argc, char **argv)
{
    const TTest *const tests[] = {slices_are_those_of_numpy, arrays_are_printed_as_numpy_prints};
    if (argc != 3)
        return EXIT_FAILURE;
    slices_path = argv[1];
    printing_path = argv[2];
    return run_tests("numpy", tests, sizeof tests / sizeof *tests);
}
