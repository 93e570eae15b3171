/* Tables as text: what is a number, what is missing, and where what is wrong stands. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "counted.h"
#include "unit.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>
#if TT_HAVE_ZLIB
#include <zlib.h>
#endif

static char path[64];
static tt_ctx *ctx;

static void write_bytes(const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    fclose(f);
}

static void setup(void)
{
    strcpy(path, "/tmp/tinytensor-csv-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ctx = tt_ctx_new();
}

static void teardown(void)
{
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
    unlink(path);
}

static tt_tensor *load(const char *text, const tt_csv_options *o)
{
    write_bytes(text, strlen(text));
    return tt_load_csv(ctx, path, o);
}

static void expect_table(const char *text, const tt_csv_options *o, int64_t rows, int64_t columns,
                         int n, const double *values)
{
    tt_tensor *x = load(text, o);
    ck_assert_msg(x != NULL, "'%s': %s", text, tt_error_message(ctx));
    expect_shape(x, TT_SHAPE(rows, columns));
    expect_values(x, n, values);
}

static void expect_refused(const char *text, const tt_csv_options *o, tt_status code,
                           const char *part)
{
    ck_assert_msg(load(text, o) == NULL, "'%s' was read", text);
    expect_error(ctx, code, part);
}

START_TEST(numbers_in_lines)
{
    setup();
    expect_table("1,2,3\n4,5,6\n", NULL, 2, 3, F64(1, 2, 3, 4, 5, 6));
    expect_table("1,2,3\n4,5,6", NULL, 2, 3, F64(1, 2, 3, 4, 5, 6));
    expect_table("1,2\r\n3,4\r\n", NULL, 2, 2, F64(1, 2, 3, 4));
    expect_table("\xef\xbb\xbf"
                 "1,2\n",
                 NULL, 1, 2, F64(1, 2));
    expect_table(" 1 ,\t-2.5e3 \n+.5,1e-2\n", NULL, 2, 2, F64(1, -2500, 0.5, 0.01));
    expect_table("\n# a remark, 1\n1,2\n\n  \n  # 3,4\n5,6\n", NULL, 2, 2, F64(1, 2, 5, 6));
    expect_table("\"1\",\"2.5\"\n", NULL, 1, 2, F64(1, 2.5));
    expect_table("7", NULL, 1, 1, F64(7));
    expect_table("1\n2\n\n3\n", NULL, 3, 1, F64(1, 2, 3));
    expect_table("inf,-Infinity,nan\n", NULL, 1, 3, F64(INFINITY, -INFINITY, NAN));
    teardown();
}
END_TEST

START_TEST(other_delimiters)
{
    tt_csv_options o = TT_CSV_OPTIONS_INIT;
    setup();
    o.delimiter = ';';
    expect_table("1;2\n3;4\n", &o, 2, 2, F64(1, 2, 3, 4));
    o.delimiter = '\t';
    expect_table("1\t 2\n3\t4\n", &o, 2, 2, F64(1, 2, 3, 4));
    o.delimiter = ' ';
    expect_table("  1   2\t3 \n4 5 6\n", &o, 2, 3, F64(1, 2, 3, 4, 5, 6));
    o.comment = 0;
    expect_refused("# 1\n", &o, TT_ERR_FORMAT, "line 1, column 1: '#' is no number");
    for (const char *c = ".e-5\"\n"; *c; c++) {
        o.delimiter = *c;
        expect_refused("1", &o, TT_ERR_ARG, "the delimiter is none of");
    }
    teardown();
}
END_TEST

START_TEST(dtypes)
{
    tt_csv_options o = TT_CSV_OPTIONS_INIT;
    setup();
    tt_tensor *x = load("0.1,16777217\n", &o);
    ck_assert_int_eq(tt_dtype_of(x), TT_F32);
    ck_assert(((const float *)tt_cdata(x))[0] == 0.1f);
    o.dtype = TT_F64;
    x = load("0.1,1e400\n", &o);
    ck_assert_int_eq(tt_dtype_of(x), TT_F64);
    ck_assert(tt_get(x, TT_INDEX(0, 0)) == 0.1 && isinf(tt_get(x, TT_INDEX(0, 1))));
    o.dtype = TT_I64;
    x = load("9007199254740993,-9223372036854775808\n", &o);
    ck_assert_int_eq(tt_item_i64(tt_select(tt_select(x, 0, 0), 0, 0)), 9007199254740993);
    ck_assert_int_eq(tt_item_i64(tt_select(tt_select(x, 0, 0), 0, 1)), INT64_MIN);
    expect_refused("1\n9223372036854775808\n", &o, TT_ERR_FORMAT,
                   "line 2, column 1: '9223372036854775808' does not fit in int64");
    expect_refused("1\n2.5\n", &o, TT_ERR_FORMAT, "line 2, column 1: '2.5' is no whole number");
    expect_refused("1\n2\nnan\n", &o, TT_ERR_FORMAT, "line 3, column 1: 'nan' is no whole number");
    o.allow_missing = true;
    expect_refused("1\n", &o, TT_ERR_ARG, "missing values are NaN, which no int64 is");
    o.dtype = TT_BF16;
    expect_refused("1\n", &o, TT_ERR_DTYPE,
                   "float32, float64 and int64 are read, and not bfloat16");
    teardown();
}
END_TEST

START_TEST(headers)
{
    tt_csv_options o = TT_CSV_OPTIONS_INIT;
    char names[3][64] = {"", "", "untouched"};
    setup();
    o.header = true;
    expect_table("a,b\n1,2\n", &o, 1, 2, F64(1, 2));
    expect_table("# remark\n\na,b\n1,2\n3,4\n", &o, 2, 2, F64(1, 2, 3, 4));
    expect_shape(load("a,b\n", &o), TT_SHAPE(0, 2));
    const char *quoted = "age, \"weight, \"\"kg\"\"\" ,x\n1,2,3\n";
    write_bytes(quoted, strlen(quoted));
    ck_assert_int_eq(tt_csv_names(ctx, path, &o, 2, names), 3);
    ck_assert_str_eq(names[0], "age");
    ck_assert_str_eq(names[1], "weight, \"kg\"");
    ck_assert_str_eq(names[2], "untouched");
    expect_refused("age,sex\n1,f\n", &o, TT_ERR_FORMAT, "line 2, column 2 (sex): 'f' is no number");
    expect_refused("age,sex\n1,2\n", NULL, TT_ERR_FORMAT,
                   "line 1, column 1: 'age' is no number (is this a header?)");
    write_bytes("# only\n", 7);
    ck_assert_int_eq(tt_csv_names(ctx, path, NULL, 2, names), TT_ERR_FORMAT);
    expect_error(ctx, TT_ERR_FORMAT, "csv_names: ");
    char longer[200] = {0};
    memset(longer, 'n', 150);
    write_bytes(longer, 150);
    ck_assert_int_eq(tt_csv_names(ctx, path, NULL, 1, names), 1);
    ck_assert_uint_eq(strlen(names[0]), 63);
    teardown();
}
END_TEST

START_TEST(missing_values_are_listed_by_place)
{
    tt_csv_options o = TT_CSV_OPTIONS_INIT;
    setup();
    expect_refused("1,2\n,4\n5,NA\n7, ?\n\"\",1\n", &o, TT_ERR_FORMAT,
                   "no value at line 2, column 1; line 3, column 2; line 4, column 2; line 5, "
                   "column 1 (with allow_missing they are NaN)");
    o.header = true;
    expect_refused("x,y\n1,\n", &o, TT_ERR_FORMAT, "no value at line 2, column 2 (y)");
    o.allow_missing = true;
    expect_table("x,y\n1,\nNA,4\n", &o, 2, 2, F64(1, NAN, NAN, 4));
    o = (tt_csv_options)TT_CSV_OPTIONS_INIT;
    char many[2000] = "";
    for (int i = 0; i < 400; i++)
        strcat(many, "1,\n");
    expect_refused(many, &o, TT_ERR_FORMAT, "line 2, column 2; line 3");
    load(many, &o);
    expect_error(ctx, TT_ERR_FORMAT, " more (with allow_missing");
    o.dtype = TT_I64;
    load(many, &o);
    ck_assert_ptr_null(strstr(tt_error_message(ctx), "allow_missing"));
    expect_error(ctx, TT_ERR_FORMAT, "no value at line 1, column 2");
    teardown();
}
END_TEST

START_TEST(what_is_wrong_is_told_with_its_place)
{
    setup();
    expect_refused("1,2\n3\n", NULL, TT_ERR_FORMAT, "line 2 has 1 values, the first 2");
    expect_refused("1,2\n\n3,4,5\n", NULL, TT_ERR_FORMAT, "line 3 has 3 values, the first 2");
    expect_refused("1,2\n3,4,\n", NULL, TT_ERR_FORMAT, "line 2 has 3 values, the first 2");
    expect_refused("1,2 3\n", NULL, TT_ERR_FORMAT, "line 1, column 2: '2 3' is no number");
    expect_refused("1,2\n3,1.2.3\n", NULL, TT_ERR_FORMAT, "line 2, column 2: '1.2.3' is no number");
    expect_refused("1,\"2\"3\n", NULL, TT_ERR_FORMAT, "line 1, column 2: '\"2\"3' is no");
    expect_refused("\"1,2", NULL, TT_ERR_FORMAT, "column 1: '\"1' is no number");
    expect_refused("", NULL, TT_ERR_FORMAT, "there are no values");
    expect_refused("#\n\n", NULL, TT_ERR_FORMAT, "there are no values");
    write_bytes("1\0,2\n", 5);
    ck_assert_ptr_null(tt_load_csv(ctx, path, NULL));
    expect_error(ctx, TT_ERR_FORMAT, "is no number");
    ck_assert_ptr_null(tt_load_csv(ctx, "/nowhere/x.csv", NULL));
    expect_error(ctx, TT_ERR_IO, "load_csv: /nowhere/x.csv: cannot read");
    ck_assert_ptr_null(tt_load_csv(ctx, NULL, NULL));
    expect_error(ctx, TT_ERR_ARG, "the path is NULL");
    ck_assert_ptr_null(tt_load_csv(NULL, path, NULL));
    ck_assert_int_eq(tt_csv_names(NULL, path, NULL, 0, NULL), TT_ERR_ARG);
    teardown();
}
END_TEST

/* The lines 1,2 and 3,4, compressed by gzip. */
static const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff,
                                       0x33, 0xd4, 0x31, 0xe2, 0x32, 0xd6, 0x31, 0xe1, 0x02, 0x00,
                                       0x47, 0x93, 0x6c, 0xaf, 0x08, 0x00, 0x00, 0x00};

START_TEST(compressed_files)
{
    char twice[2 * sizeof packed];
    setup();
    write_bytes((const char *)packed, sizeof packed);
    tt_tensor *x = tt_load_csv(ctx, path, NULL);
#if TT_HAVE_ZLIB
    expect_values(x, F64(1, 2, 3, 4));
    for (int i = 0; i < 2; i++)
        memcpy(twice + i * sizeof packed, packed, sizeof packed);
    write_bytes(twice, sizeof twice);
    expect_values(tt_load_csv(ctx, path, NULL), F64(1, 2, 3, 4, 1, 2, 3, 4));
    for (size_t n = 2; n < sizeof packed; n++) {
        write_bytes((const char *)packed, n);
        ck_assert_ptr_null(tt_load_csv(ctx, path, NULL));
        expect_error(ctx, TT_ERR_FORMAT, "a gzip file that cannot be read: it is cut off");
    }
    for (size_t n = 2; n < sizeof packed; n++) {
        memcpy(twice, packed, sizeof packed);
        twice[n] ^= 0x55;
        write_bytes(twice, sizeof packed);
        tt_load_csv(ctx, path, NULL);
        tt_error_clear(ctx);
    }
    char *zeros = calloc(1, 3000001);
    ck_assert_ptr_nonnull(zeros);
    for (int i = 0; i < 3000000; i++)
        zeros[i] = i % 2 ? '\n' : '7';
    gzFile f = gzopen(path, "wb");
    ck_assert_int_eq(gzwrite(f, zeros, 3000000), 3000000);
    gzclose(f);
    x = tt_load_csv(ctx, path, NULL); /* several hundred times as long as the file */
    expect_shape(x, TT_SHAPE(1500000, 1));
    ck_assert(tt_item(tt_min(x, TT_ALL_AXES, false)) == 7);
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.memory_limit = 1000000;
    tt_ctx *small = tt_ctx_new_with(&o);
    ck_assert_ptr_null(tt_load_csv(small, path, NULL));
    ck_assert_int_eq(tt_error_code(small), TT_ERR_NOMEM);
    tt_ctx_free(small);
    free(zeros);
#else
    (void)twice;
    ck_assert_ptr_null(x);
    expect_error(ctx, TT_ERR_UNSUPPORTED, "without zlib");
#endif
    teardown();
}
END_TEST

START_TEST(the_locale_does_not_matter)
{
    static const char *const some[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "C"};
    setup();
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        setlocale(LC_ALL, some[i]);
        expect_table("1.5,2\n", NULL, 1, 2, F64(1.5, 2));
    }
    teardown();
}
END_TEST

/* Every prefix, and every character in the place of every other: nothing is read out of bounds. */
START_TEST(damaged_text)
{
    static const char text[] = "a,\"b\"\n1,\"2\"\n# x\n 3 ,NA\n";
    char copy[sizeof text];
    tt_csv_options o = TT_CSV_OPTIONS_INIT;
    setup();
    o.header = true;
    for (size_t n = 0; n < sizeof text; n++) {
        write_bytes(text, n);
        tt_load_csv(ctx, path, &o);
        tt_error_clear(ctx);
    }
    for (size_t n = 0; n + 1 < sizeof text; n++)
        for (const char *c = "\"\n,# 1\r"; *c; c++) {
            memcpy(copy, text, sizeof text);
            copy[n] = *c;
            o.allow_missing = n % 2;
            write_bytes(copy, sizeof text - 1);
            tt_load_csv(ctx, path, &o);
            tt_error_clear(ctx);
        }
    teardown();
}
END_TEST

static void lack_memory(void)
{
    for (int64_t at = 1, failed = 1; failed; at++) {
        counter c = {.fail_at = at};
        tt_ctx *other = counted(&c);
        if (other) {
            tt_tensor *x = tt_load_csv(other, path, NULL);
            ck_assert(x ? tt_ok(other) : tt_error_code(other) == TT_ERR_NOMEM);
            tt_ctx_free(other);
        }
        failed = c.calls >= at;
        ck_assert_int_eq(c.held, 0);
    }
}

START_TEST(out_of_memory_at_every_call)
{
    setup();
    write_bytes("1,2\n3,4\n", 8);
    lack_memory();
#if TT_HAVE_ZLIB
    write_bytes((const char *)packed, sizeof packed);
    lack_memory();
#endif
    teardown();
}
END_TEST

RUN_TESTS("csv", numbers_in_lines, other_delimiters, dtypes, headers,
          missing_values_are_listed_by_place, what_is_wrong_is_told_with_its_place,
          compressed_files, the_locale_does_not_matter, damaged_text, out_of_memory_at_every_call)
