/* Printing, npy and npz: what comes back is what was written, and damage is noticed. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

static void expect_text(tt_tensor *x, const char *text)
{
    char buffer[4096];
    size_t n = tt_format(x, NULL, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, text);
    ck_assert_uint_eq(n, strlen(text));
}

START_TEST(printing_follows_numpy)
{
    tt_ctx *ctx = tt_ctx_new();
    expect_text(values_f64(ctx, TT_SHAPE(2, 2), F64(1, 2.5, -3.25, 100)),
                "[[  1.     2.5 ]\n [ -3.25 100.  ]]  (2, 2) float64");
    expect_text(tt_from_data(ctx, TT_F32, TT_SHAPE(2), (float[]){0.1f, 1.f / 3}),
                "[0.1        0.33333334]  (2,) float32");
    expect_text(values_f64(ctx, TT_SHAPE(1), F64(-6.53217443001230e+274)),
                "[-6.53217443e+274]  (1,) float64");
    expect_text(values_f64(ctx, TT_SHAPE(1), F64(-6.53217440001230e+274)),
                "[-6.5321744e+274]  (1,) float64");
    expect_text(values_f64(ctx, TT_SHAPE(2), F64(1e10, 1.5)), "[1.0e+10 1.5e+00]  (2,) float64");
    expect_text(values_f64(ctx, TT_SHAPE(3), F64(NAN, INFINITY, 1)), "[nan inf  1.]  (3,) float64");
    expect_text(tt_from_data(ctx, TT_I64, TT_SHAPE(3), (int64_t[]){-5, 10, 3}),
                "[-5 10  3]  (3,) int64");
    expect_text(tt_from_data(ctx, TT_BOOL, TT_SHAPE(2), (bool[]){true, false}),
                "[ True False]  (2,) bool");
    expect_text(tt_from_data(ctx, TT_BOOL, TT_SHAPE(2), (bool[]){true, true}),
                "[ True  True]  (2,) bool");
    expect_text(tt_scalar(ctx, TT_F32, 1.5), "1.5  () float32");
    expect_text(tt_scalar(ctx, TT_F64, 2), "2.0  () float64");
    expect_text(tt_scalar(ctx, TT_F64, 0.1234567890123), "0.1234567890123  () float64");
    expect_text(tt_scalar(ctx, TT_BF16, 1.1), "1.1  () bfloat16");
    expect_text(tt_cast(values_f64(ctx, TT_SHAPE(3), F64(0.1, 0.2051, -1.4441)), TT_F16),
                "[ 0.1     0.2051 -1.444 ]  (3,) float16");
    expect_text(tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3)), "[]  (0, 3) float32");
    expect_text(tt_arange(ctx, TT_I64, 0, 2000, 1),
                "[   0    1    2 ... 1997 1998 1999]  (2000,) int64");
    expect_text(tt_reshape(tt_arange(ctx, TT_I64, 0, 8, 1), TT_SHAPE(2, 2, 2)),
                "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]  (2, 2, 2) int64");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(long_rows_wrap)
{
    char buffer[4096];
    tt_ctx *ctx = tt_ctx_new();
    tt_format(tt_arange(ctx, TT_F64, 0, 30, 1), NULL, buffer, sizeof buffer);
    ck_assert_str_eq(buffer, "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. "
                             "17.\n 18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29.]  (30,) "
                             "float64");
    ck_assert_uint_eq(tt_format(tt_ones(ctx, TT_F32, TT_SHAPE(3)), NULL, buffer, 4), 24);
    ck_assert_str_eq(buffer, "[1.");
    tt_ctx_free(ctx);
}
END_TEST

static char *in_folder(const char *name)
{
    static char folder[] = "/tmp/tinytensor-io-XXXXXX", path[256];
    static bool made;
    if (!made)
        ck_assert_ptr_nonnull(mkdtemp(folder));
    made = true;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

START_TEST(npy_round_trip)
{
    static const tt_dtype dtypes[] = {TT_F32, TT_F64, TT_I64, TT_BOOL, TT_I32, TT_U8, TT_F16};
    tt_ctx *ctx = tt_ctx_new();
    const char *path = in_folder("a.npy");
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        tt_tensor *x = tt_cast(counting(ctx, TT_SHAPE(3, 4)), dtypes[i]);
        x = tt_transpose(x, 0, 1);
        ck_assert_int_eq(tt_save_npy(x, path), TT_OK);
        tt_tensor *y = tt_load_npy(ctx, path);
        ck_assert_msg(y != NULL, "%s", tt_error_message(ctx));
        ck_assert_int_eq(tt_dtype_of(y), dtypes[i]);
        ck_assert(tt_array_equal(tt_cast(x, TT_F32), tt_cast(y, TT_F32)));
    }
    ck_assert_int_eq(tt_save_npy(tt_scalar(ctx, TT_F64, 2), path), TT_OK);
    ck_assert(tt_item(tt_load_npy(ctx, path)) == 2);
    ck_assert_int_lt(tt_save_npy(tt_zeros(ctx, TT_BF16, TT_SHAPE(2)), path), 0);
    expect_error(ctx, TT_ERR_DTYPE, "bfloat16");
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

/* Every prefix of a good file is refused, and so is every flipped byte of its header that makes it
 * another array than there are bytes for; nothing is read out of bounds. */
START_TEST(damaged_npy_files_are_refused)
{
    char bytes[4096];
    tt_ctx *ctx = tt_ctx_new();
    char path[256];
    strcpy(path, in_folder("b.npy"));
    tt_save_npy(counting(ctx, TT_SHAPE(2, 3)), path);
    FILE *f = fopen(path, "rb");
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t cut = 0; cut < n; cut++) {
        f = fopen(path, "wb");
        fwrite(bytes, 1, cut, f);
        fclose(f);
        ck_assert_ptr_null(tt_load_npy(ctx, path));
        expect_error(ctx, TT_ERR_FORMAT, path);
    }
    for (size_t at = 0; at < 128; at++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[at] ^= (char)(1 << bit);
            f = fopen(path, "wb");
            fwrite(bytes, 1, n, f);
            fclose(f);
            bytes[at] ^= (char)(1 << bit);
            tt_load_npy(ctx, path);
            tt_error_clear(ctx);
        }
    unlink(path);
    ck_assert_ptr_null(tt_load_npy(ctx, path));
    expect_error(ctx, TT_ERR_IO, "No such file");
    tt_ctx_free(ctx);
}
END_TEST

/* What is wrong with a header that is no damage is said. */
START_TEST(npy_files_of_other_kinds_say_what_they_are)
{
    static const char *const rows[][2] = {
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (0,), }", "a dtype of '<i2'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1), }",
         "more than 16 axes"},
        {"{'descr': '<f4', 'shape': (0,), }", "its dictionary is not"}};
    tt_ctx *ctx = tt_ctx_new();
    char path[256];
    strcpy(path, in_folder("d.npy"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        FILE *f = fopen(path, "wb");
        fprintf(f, "\x93NUMPY\x01%c%c%c%s", 0, (int)strlen(rows[i][0]), 0, rows[i][0]);
        fclose(f);
        ck_assert_ptr_null(tt_load_npy(ctx, path));
        ck_assert_ptr_nonnull(strstr(tt_error_message(ctx), "load_npy: "));
        expect_error(ctx, TT_ERR_FORMAT, rows[i][1]);
    }
    unlink(path);
    ck_assert_ptr_null(tt_load_npy(ctx, in_folder(".")));
    expect_error(ctx, TT_ERR_IO, "Is a directory");
    tt_ctx_free(ctx);
}
END_TEST

/* The zip flag for UTF-8 is set where a name needs it, or NumPy would read another name. */
START_TEST(npz_names_are_utf8)
{
    static const char *const names[] = {"plain", "gr\xc3\xb6\xc3\x9f"
                                                 "e"};
    tt_ctx *ctx = tt_ctx_new();
    char path[256];
    unsigned char head[8];
    strcpy(path, in_folder("e.npz"));
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 3));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(tt_save_npz(path, 1, &names[i], &x), TT_OK);
        ck_assert(tt_array_equal(tt_load_npz(ctx, path, names[i]), x));
        FILE *f = fopen(path, "rb");
        ck_assert_uint_eq(fread(head, 1, sizeof head, f), sizeof head);
        fclose(f);
        ck_assert_int_eq(head[7], i ? 8 : 0); /* flags: 0x0800 */
    }
    static const char *const twice[] = {"b", "a", "b"};
    tt_tensor *three[] = {x, x, x};
    ck_assert_int_eq(tt_save_npz(path, 3, twice, three), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "save_npz: the name 'b' is given twice");
    ck_assert(tt_array_equal(tt_load_npz(ctx, path, names[1]), x)); /* the file is as it was */
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(npz_round_trip)
{
    char names[4][64];
    tt_ctx *ctx = tt_ctx_new();
    char path[256];
    strcpy(path, in_folder("c.npz"));
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3)), *b = tt_arange(ctx, TT_I64, 0, 5, 1);
    const char *const given[] = {"weight", "steps"};
    ck_assert_int_eq(tt_save_npz(path, 2, given, (tt_tensor *[]){a, b}), TT_OK);
    ck_assert_int_eq(tt_npz_names(ctx, path, 4, names), 2);
    ck_assert_str_eq(names[0], "weight");
    ck_assert_str_eq(names[1], "steps");
    ck_assert(tt_array_equal(tt_load_npz(ctx, path, "weight"), a));
    ck_assert(tt_array_equal(tt_load_npz(ctx, path, "steps"), b));
    ck_assert_ptr_null(tt_load_npz(ctx, path, "bias"));
    expect_error(ctx, TT_ERR_ARG, "'bias'");
    unlink(path);
    ck_assert_int_lt(tt_save_npz("/nowhere/x.npz", 2, given, (tt_tensor *[]){a, b}), 0);
    expect_error(ctx, TT_ERR_IO, "/nowhere/x.npz");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(damaged_npz_files_are_refused)
{
    static char bytes[8192];
    tt_ctx *ctx = tt_ctx_new();
    char path[256];
    strcpy(path, in_folder("d.npz"));
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3));
    const char *const given[] = {"a"};
    tt_save_npz(path, 1, given, &a);
    FILE *f = fopen(path, "rb");
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t at = 0; at < n; at++)
        for (int bit = 0; bit < 8; bit += 3) {
            bytes[at] ^= (char)(1 << bit);
            f = fopen(path, "wb");
            fwrite(bytes, 1, n, f);
            fclose(f);
            bytes[at] ^= (char)(1 << bit);
            tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
            tt_tensor *x = tt_load_npz(ctx, path, "a");
            ck_assert(!x || tt_array_equal(x, a));
            tt_scope_end(ctx, s);
            tt_error_clear(ctx);
        }
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

typedef struct zip {
    unsigned char bytes[8192];
    size_t n;
} zip;

static void put(zip *z, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        z->bytes[z->n++] = (unsigned char)(v >> 8 * i);
}

static uint32_t crc_of(const unsigned char *p, size_t n)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* An archive whose only entry, "a", is `packed`, and says that it unpacks to `size` bytes. */
static void write_zip(const char *path, const unsigned char *packed, size_t n, size_t size,
                      uint32_t crc)
{
    static zip z;
    z.n = 0;
    for (int central = 0; central < 2; central++) {
        put(&z, central ? 0x02014b50 : 0x04034b50, 4);
        put(&z, 20, central ? 4 : 2);
        put(&z, 0, 2);
        put(&z, 8, 2); /* deflated */
        put(&z, 0x210000, 4);
        put(&z, crc, 4);
        put(&z, n, 4);
        put(&z, size, 4);
        put(&z, 5, 2);
        put(&z, 0, 2);
        for (int i = 0; central && i < 14; i++)
            put(&z, 0, 1); /* comment, disk, attributes, offset */
        memcpy(z.bytes + z.n, "a.npy", 5);
        z.n += 5;
        if (!central) {
            memcpy(z.bytes + z.n, packed, n);
            z.n += n;
        }
    }
    put(&z, 0x06054b50, 4);
    put(&z, 0, 4);
    put(&z, 0x10001, 4);
    put(&z, 46 + 5, 4);
    put(&z, 30 + 5 + n, 4);
    put(&z, 0, 2);
    FILE *f = fopen(path, "wb");
    fwrite(z.bytes, 1, z.n, f);
    fclose(f);
}

/* Bytes as deflate has them that does not compress: one block. */
static size_t pack(const unsigned char *bytes, size_t n, unsigned char *to)
{
    to[0] = 1;
    to[1] = (unsigned char)n;
    to[2] = (unsigned char)(n >> 8);
    to[3] = (unsigned char)~to[1];
    to[4] = (unsigned char)~to[2];
    memcpy(to + 5, bytes, n);
    return n + 5;
}

START_TEST(what_unpacks_to_something_else_is_refused)
{
    unsigned char plain[2048], packed[2100];
    char path[256];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(20, 3));
    strcpy(path, in_folder("packed.npz"));
    tt_save_npy(a, path);
    FILE *f = fopen(path, "rb");
    size_t n = fread(plain, 1, sizeof plain, f), k = pack(plain, n, packed);
    uint32_t crc = crc_of(plain, n);
    fclose(f);
    write_zip(path, packed, k, n, crc);
    tt_tensor *x = tt_load_npz(ctx, path, "a");
    if (!strstr(tt_build_info(), "zlib: yes")) {
        expect_error(ctx, TT_ERR_UNSUPPORTED, "built without zlib");
        tt_ctx_free(ctx);
        return;
    }
    ck_assert(tt_array_equal(x, a));
    write_zip(path, packed, k, n, crc ^ 1);
    ck_assert_ptr_null(tt_load_npz(ctx, path, "a"));
    expect_error(ctx, TT_ERR_FORMAT, "a checksum does not match");
    write_zip(path, packed, k, n - 1, crc); /* less than there is */
    ck_assert_ptr_null(tt_load_npz(ctx, path, "a"));
    expect_error(ctx, TT_ERR_FORMAT, "cut off");
    write_zip(path, packed, k, n + 1, crc); /* more */
    ck_assert_ptr_null(tt_load_npz(ctx, path, "a"));
    expect_error(ctx, TT_ERR_FORMAT, "an array is damaged");
    for (size_t cut = 0; cut < k; cut += 7) {
        write_zip(path, packed, cut, n, crc);
        ck_assert_ptr_null(tt_load_npz(ctx, path, "a"));
        tt_error_clear(ctx);
    }
    write_zip(path, packed, k, 4000000000, crc); /* a bomb, if it were believed */
    ck_assert_ptr_null(tt_load_npz(ctx, path, "a"));
    expect_error(ctx, TT_ERR_FORMAT, "unpack to 4000000000, beyond what the format can do");
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(the_memory_limit_is_one_of_unpacking)
{
    char path[256];
    unsigned char packed[600] = {0};
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.memory_limit = 200000;
    tt_ctx *ctx = tt_ctx_new_with(&o);
    strcpy(path, in_folder("limit.npz"));
    if (strstr(tt_build_info(), "zlib: yes")) {
        write_zip(path, packed, sizeof packed, 300000, 0);
        ck_assert_ptr_null(tt_load_npz(ctx, path, "a"));
        expect_error(ctx, TT_ERR_FORMAT, "unpack to 300000, beyond the context's memory limit");
        write_zip(path, packed, sizeof packed, 100000, 0);
        ck_assert_ptr_null(tt_load_npz(ctx, path, "a"));
        expect_error(ctx, TT_ERR_FORMAT, "damaged");
        unlink(path);
    }
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("io", printing_follows_numpy, long_rows_wrap, npy_round_trip,
          damaged_npy_files_are_refused, npy_files_of_other_kinds_say_what_they_are, npz_round_trip,
          npz_names_are_utf8, damaged_npz_files_are_refused,
          what_unpacks_to_something_else_is_refused, the_memory_limit_is_one_of_unpacking)
