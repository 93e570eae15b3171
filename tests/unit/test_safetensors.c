/* Safetensors: files of other programs, round trips, what is refused and in which words, and that
 * neither a lack of memory nor a full disk loses anything. */
#define _DEFAULT_SOURCE
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *python_file;

static char *in_folder(const char *name)
{
    static char folder[] = "/tmp/tinytensor-st-XXXXXX", path[256];
    static bool made;
    if (!made)
        ck_assert_ptr_nonnull(mkdtemp(folder));
    made = true;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_bytes(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* A file of this JSON, and `data` zero bytes after it. */
static void write_header(const char *path, const char *json, size_t data)
{
    char bytes[4096] = {0};
    size_t n = strlen(json);
    bytes[0] = (char)(n & 255);
    bytes[1] = (char)(n >> 8);
    memcpy(bytes + 8, json, n);
    write_bytes(path, bytes, 8 + n + data);
}

static size_t read_bytes(const char *path, char *bytes, size_t room)
{
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(bytes, 1, room, f);
    fclose(f);
    return n;
}

START_TEST(a_file_of_another_program)
{
    static const char *const counting_names[] = {"F64", "F32", "F16", "BF16", "I64", "I32", "U8"};
    static const tt_dtype dtypes[] = {TT_F64, TT_F32, TT_F16, TT_BF16, TT_I64, TT_I32, TT_U8};
    tt_ctx *ctx = tt_ctx_new();
    tt_safetensors *file = tt_safetensors_open(ctx, python_file);
    ck_assert_msg(file != NULL, "%s", tt_error_message(ctx));
    ck_assert_int_eq(tt_safetensors_count(file), 12);
    for (int i = 0; i < 7; i++) {
        int64_t at = tt_safetensors_find(file, counting_names[i]);
        ck_assert_str_eq(tt_safetensors_name(file, at), counting_names[i]);
        ck_assert_int_eq(tt_safetensors_dtype(file, at), dtypes[i]);
        ck_assert_int_eq(tt_safetensors_ndim(file, at), 2);
        ck_assert_int_eq(tt_safetensors_shape(file, at)[1], 3);
        tt_tensor *x = tt_safetensors_get(file, counting_names[i]);
        ck_assert_msg(x != NULL, "%s", tt_error_message(ctx));
        ck_assert_int_eq(tt_dtype_of(x), dtypes[i]);
        expect_shape(x, TT_SHAPE(2, 3));
        expect_values(x, F64(0, 1, 2, 3, 4, 5));
    }
    expect_values(tt_safetensors_get(file, "BOOL"), F64(1, 0, 1));
    expect_values(tt_safetensors_get(file, "\"\\\xc3\xbc\n\xf0\x9f\x98\x80"), F64(5));
    expect_shape(tt_safetensors_get(file, "scalar"), TT_SCALAR);
    ck_assert(tt_item(tt_safetensors_get(file, "scalar")) == 7);
    expect_shape(tt_safetensors_get(file, "empty"), TT_SHAPE(0, 3));
    ck_assert_str_eq(tt_safetensors_metadata(file, "format"), "np");
    ck_assert_str_eq(tt_safetensors_metadata(file, "k\xc3\xa9y"), "a \"text\"\n");
    ck_assert_ptr_null(tt_safetensors_metadata(file, "nothing"));
    ck_assert_int_eq(tt_safetensors_dtype(file, tt_safetensors_find(file, "I16")), TT_ERR_DTYPE);
    ck_assert(tt_ok(ctx));
    ck_assert_ptr_null(tt_safetensors_get(file, "I16"));
    expect_error(ctx, TT_ERR_DTYPE, "tensor 'I16': no tensors of dtype I16");
    ck_assert_ptr_null(tt_safetensors_get(file, "weight"));
    expect_error(ctx, TT_ERR_ARG, "python.safetensors: no tensor 'weight'");
    tt_safetensors_close(file);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(what_is_asked_of_nothing)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_safetensors *file = tt_safetensors_open(ctx, python_file);
    ck_assert_int_eq(tt_safetensors_count(NULL), 0);
    ck_assert_ptr_null(tt_safetensors_name(NULL, 0));
    ck_assert_ptr_null(tt_safetensors_name(file, 12));
    ck_assert_ptr_null(tt_safetensors_shape(file, -1));
    ck_assert_int_eq(tt_safetensors_ndim(file, 12), 0);
    ck_assert_int_eq(tt_safetensors_dtype(file, 12), TT_ERR_ARG);
    ck_assert_int_eq(tt_safetensors_find(NULL, "F32"), -1);
    ck_assert_int_eq(tt_safetensors_find(file, NULL), -1);
    ck_assert_ptr_null(tt_safetensors_metadata(file, NULL));
    ck_assert_ptr_null(tt_safetensors_metadata(NULL, "format"));
    ck_assert_ptr_null(tt_safetensors_get(NULL, "F32"));
    ck_assert(tt_ok(ctx));
    ck_assert_ptr_null(tt_safetensors_at(file, 12));
    expect_error(ctx, TT_ERR_ARG, "no tensor number 12; there are 12");
    ck_assert_ptr_null(tt_safetensors_get(file, NULL));
    expect_error(ctx, TT_ERR_ARG, "no tensor");
    ck_assert_ptr_null(tt_safetensors_open(ctx, NULL));
    expect_error(ctx, TT_ERR_ARG, "NULL");
    ck_assert_ptr_null(tt_safetensors_open(ctx, in_folder("nothing")));
    expect_error(ctx, TT_ERR_IO, "No such file");
    ck_assert_ptr_null(tt_safetensors_open(NULL, python_file));
    tt_safetensors_close(file);
    tt_safetensors_close(NULL);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(round_trip)
{
    static const char *const names[] = {
        "a", "tab\t\"quote\"", "\xe6\x97\xa5", "\\", "e", "f", "", "h", "i"};
    static const char *const keys[] = {"step", "none"}, *const values[] = {"12\n", ""};
    static const tt_dtype dtypes[] = {TT_BOOL, TT_U8,  TT_F16, TT_BF16,
                                      TT_I32,  TT_F32, TT_I64, TT_F64};
    tt_tensor *t[9];
    char path[256];
    strcpy(path, in_folder("round"));
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < 8; i++) /* strided, of odd sizes */
        t[i] = tt_transpose(tt_cast(counting(ctx, TT_SHAPE(3, 1 + i)), dtypes[i]), 0, 1);
    t[8] = tt_scalar(ctx, TT_F32, 3);
    ck_assert_int_eq(tt_safetensors_save(path, 9, names, t, 2, keys, values), TT_OK);
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    ck_assert_msg(file != NULL, "%s", tt_error_message(ctx));
    for (int i = 0; i < 9; i++) {
        tt_tensor *x = tt_safetensors_at(file, i);
        ck_assert_str_eq(tt_safetensors_name(file, i), names[i]);
        ck_assert_int_eq(tt_dtype_of(x), tt_dtype_of(t[i]));
        ck_assert(tt_same_shape(x, t[i]));
        ck_assert(tt_same_storage(x, tt_safetensors_at(file, 0))); /* nothing was copied */
        ck_assert_uint_eq((uintptr_t)tt_cdata(x) % tt_itemsize(tt_dtype_of(x)), 0);
        ck_assert(tt_array_equal(tt_cast(x, TT_F32), tt_cast(t[i], TT_F32)));
    }
    ck_assert_str_eq(tt_safetensors_metadata(file, "step"), "12\n");
    ck_assert_str_eq(tt_safetensors_metadata(file, "none"), "");
    tt_safetensors_close(file);
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(the_bytes_of_a_file)
{
    static const char json[] = "{\"__metadata__\":{\"k\":\"v\"},"
                               "\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[8,11]},"
                               "\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";
    static const char data[] = "\0\0\0\0\0\0\x80?\0\1\2";
    static const char *const names[] = {"a", "b"}, *const k = "k", *const v = "v";
    char bytes[512], path[256];
    strcpy(path, in_folder("bytes"));
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *t[] = {tt_arange(ctx, TT_U8, 0, 3, 1), counting(ctx, TT_SHAPE(2, 1))};
    ck_assert_int_eq(tt_safetensors_save(path, 2, names, t, 1, &k, &v), TT_OK);
    ck_assert_uint_eq(read_bytes(path, bytes, sizeof bytes), 192 + 11);
    ck_assert_mem_eq(bytes, "\xb8\0\0\0\0\0\0\0", 8);
    ck_assert_mem_eq(bytes + 8, json, strlen(json));
    for (size_t i = 8 + strlen(json); i < 192; i++)
        ck_assert_int_eq(bytes[i], ' ');
    ck_assert_mem_eq(bytes + 192, data, 11);
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(tensors_outlive_their_file)
{
    tt_ctx *ctx = tt_ctx_new(), *other = tt_ctx_new();
    tt_ones(ctx, TT_F32, TT_SHAPE(1)); /* so that there are handles */
    int64_t before = tt_memory_stats(ctx).bytes_in_use;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_safetensors *file = tt_safetensors_open(ctx, python_file);
    tt_tensor *x = tt_safetensors_get(file, "F64"), *shared = tt_share(other, x);
    ck_assert(tt_is_readonly(x));
    ck_assert_ptr_null(tt_data(x));
    expect_error(ctx, TT_ERR_ARG, "read-only");
    tt_safetensors_close(file);
    tt_tensor *row = tt_select(x, 0, 1);
    expect_values(row, F64(3, 4, 5));
    expect_values(tt_mul(row, row), F64(9, 16, 25));
    expect_values(shared, F64(0, 1, 2, 3, 4, 5));
    tt_ctx_free(other);
    tt_scope_end(ctx, s);
    ck_assert_int_eq(tt_memory_stats(ctx).bytes_in_use, before);
    file = tt_safetensors_open(ctx, python_file);
    ck_assert_ptr_nonnull(tt_safetensors_get(file, "F64"));
    tt_ctx_free(ctx);
    tt_safetensors_close(file);
}
END_TEST

START_TEST(odd_addresses_and_odd_bools_are_copied)
{
    static const char json[] = "{\"b\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[0,3]},"
                               "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[3,7]}}";
    char bytes[256] = {(char)(sizeof json - 1)}, path[256];
    strcpy(path, in_folder("odd"));
    memcpy(bytes + 8, json, sizeof json - 1);
    memcpy(bytes + 7 + sizeof json, "\x02\0\x01\0\0\x80?", 7);
    write_bytes(path, bytes, 7 + sizeof json + 7);
    tt_ctx *ctx = tt_ctx_new();
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    ck_assert_msg(file != NULL, "%s", tt_error_message(ctx));
    tt_tensor *x = tt_safetensors_get(file, "x"), *b = tt_safetensors_get(file, "b");
    expect_values(x, F64(1));
    expect_values(b, F64(1, 0, 1));
    ck_assert(tt_is_readonly(x) && tt_is_readonly(b));
    ck_assert(!tt_same_storage(x, b));
    tt_safetensors_close(file);
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

/* One tensor 'x', with these values in its entry. */
#define X(dtype, shape, offsets)                                                                   \
    "{\"x\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
#define Y(name, offsets)                                                                           \
    "\"" name "\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" offsets "}"

static const struct {
    const char *json;
    size_t data;
    const char *part; /* of the message; NULL: no error */
} headers[] = {
    {"{}", 0, NULL},
    {" {\n} ", 0, NULL},
    {"{\"__metadata__\":{}}", 0, NULL},
    {X("F32", "[2,3]", "[0,24]"), 24, NULL},
    {X("F32", " [ 2 , 3 ] ", " [ 0 , 24 ] ") "   ", 24, NULL},
    {X("F32", "[]", "[0,4]"), 4, NULL},
    {X("F32", "[0,9223372036854775807,9]", "[0,0]"), 0, NULL},
    {X("F4", "[3]", "[0,2]"), 2, NULL},
    {"{" Y("a", "[4,8]") "," Y("b", "[0,4]") "}", 8, NULL},
    {"", 0, "too short"},
    {"  ", 0, "header, byte 2: '{' is missing"},
    {"[]", 0, "header, byte 0: '{' is missing"},
    {"{}{}", 0, "byte 2: text after the end"},
    {"{\"x\"}", 0, "byte 4: ':' is missing"},
    {"{\"x\":1}", 0, "'{' is missing"},
    {"{\"x\":{}}", 0, "'\"' is missing"},
    {"{\"x", 0, "a string does not end"},
    {"{\"x\\", 0, "a string does not end"},
    {"{\"x\\q\":", 0, "an unknown escape"},
    {"{\"x\\u12", 0, "four hexadecimal digits"},
    {"{\"x\\u12g4\"", 0, "four hexadecimal digits"},
    {"{\"x\\u0000\"", 0, "holds a NUL"},
    {"{\"x\\ud83d\"", 0, "half of a surrogate pair"},
    {"{\"x\\ud83d\\u0041\"", 0, "half of a surrogate pair"},
    {"{\"x\\ude00\"", 0, "half of a surrogate pair"},
    {"{\"x\n\"", 0, "a control character"},
    {"{\"\xff\"", 0, "not UTF-8"},
    {"{\"\xc0\x80\"", 0, "not UTF-8"},
    {"{\"\xe0\x80\x80\"", 0, "not UTF-8"},
    {"{\"\xed\xa0\x80\"", 0, "not UTF-8"},
    {"{\"\xf4\x90\x80\x80\"", 0, "not UTF-8"},
    {"{\"\xe6\x97\"", 0, "not UTF-8"},
    {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "tensor 'x': data_offsets is missing"},
    {"{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\"", 4, "tensor 'x': key 'dtype' is there twice"},
    {"{\"x\":{\"strides\":[1]", 4, "tensor 'x': key 'strides' is unknown"},
    {"{\"__metadata__\":{\"a\":1}}", 0, "'\"' is missing"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "'__metadata__' is there twice"},
    {"{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0, "a key of __metadata__ is there twice"},
    {X("F32", "[-1]", "[0,4]"), 4, "a whole number"},
    {X("F32", "[1.0]", "[0,4]"), 4, "']' is missing"},
    {X("F32", "[01]", "[0,4]"), 4, "a whole number"},
    {X("F32", "[1,]", "[0,4]"), 4, "a whole number"},
    {X("F32", "[9223372036854775808]", "[0,4]"), 4, "a number is too large"},
    {X("F32", "[1]", "[0]"), 4, "',' is missing"},
    {X("F32", "[1]", "[0,4,4]"), 4, "']' is missing"},
    {X("F32", "[1]", "[4,0]"), 4, "tensor 'x': its data_offsets are in the wrong order"},
    {X("F32", "[2]", "[0,8]"), 4, "tensor 'x': its data lie beyond the end"},
    {X("F32", "[2]", "[0,9223372036854775807]"), 4, "tensor 'x': its data lie beyond the end"},
    {X("F32", "[2]", "[0,4]"), 4, "tensor 'x': its shape and dtype F32 do not make the 4 bytes"},
    {X("F32", "[4611686018427387905]", "[0,4]"), 4, "do not make the 4 bytes"},
    {X("U8", "[4294967296,4294967296,4]", "[0,4]"), 4, "do not make the 4 bytes"},
    {X("F32", "[1]", "[0,4]"), 5, "bytes after the last tensor"},
    {X("F32", "[1]", "[1,5]"), 5, "tensor 'x': there is a gap before its data"},
    {"{" Y("a", "[0,4]") "," Y("b", "[3,7]") "}", 7, "tensor 'b': its data overlap"},
    {"{" Y("a", "[0,4]") "," Y("b", "[0,4]") "}", 4, "its data overlap"},
    {"{" Y("a", "[0,4]") "," Y("a", "[4,8]") "}", 8, "tensor 'a': the name is there twice"},
    {"{" Y("a", "[0,4]") "," Y("\\u0061", "[4,8]") "}", 8, "tensor 'a': the name is there twice"},
};

START_TEST(headers_are_checked)
{
    char path[256];
    strcpy(path, in_folder("header"));
    tt_ctx *ctx = tt_ctx_new();
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        write_header(path, headers[i].json, headers[i].data);
        tt_safetensors *file = tt_safetensors_open(ctx, path);
        if (headers[i].part) {
            ck_assert_msg(!file, "accepted: %s", headers[i].json);
            ck_assert_ptr_nonnull(strstr(tt_error_message(ctx), path));
            expect_error(ctx, TT_ERR_FORMAT, headers[i].part);
        } else {
            ck_assert_msg(file != NULL, "%s: %s", headers[i].json, tt_error_message(ctx));
        }
        tt_safetensors_close(file);
    }
    write_bytes(path, "\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
    ck_assert_ptr_null(tt_safetensors_open(ctx, path));
    expect_error(ctx, TT_ERR_FORMAT, "a header of 18446744073709551615 bytes");
    write_bytes(path, "\x03\0\0\0\0\0\0\0{}", 10);
    ck_assert_ptr_null(tt_safetensors_open(ctx, path));
    expect_error(ctx, TT_ERR_FORMAT, "does not fit in a file of 10 bytes");
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

/* Too many axes, and dtypes that the library has not, are errors of the one tensor. */
START_TEST(other_tensors_of_a_file_are_usable)
{
    static const char json[] =
        "{\"deep\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,4],"
        "\"data_offsets\":[0,4]},\"odd\":{\"dtype\":\"F6_E2M3\",\"shape\":[5],"
        "\"data_offsets\":[4,8]}," Y("fine", "[8,12]") "}";
    char path[256];
    strcpy(path, in_folder("other"));
    write_header(path, json, 12);
    tt_ctx *ctx = tt_ctx_new();
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    ck_assert_msg(file != NULL, "%s", tt_error_message(ctx));
    expect_values(tt_safetensors_get(file, "fine"), F64(0, 0, 0, 0));
    ck_assert_int_eq(tt_safetensors_ndim(file, 0), TT_ERR_SHAPE);
    ck_assert_ptr_null(tt_safetensors_at(file, 0));
    expect_error(ctx, TT_ERR_SHAPE, "tensor 'deep'");
    ck_assert_ptr_null(tt_safetensors_at(file, 1));
    expect_error(ctx, TT_ERR_DTYPE, "dtype F6_E2M3");
    tt_safetensors_close(file);
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(damaged_files_are_refused)
{
    char bytes[2048], path[256];
    strcpy(path, in_folder("damaged"));
    size_t n = read_bytes(python_file, bytes, sizeof bytes);
    tt_ctx *ctx = tt_ctx_new();
    for (size_t cut = 0; cut < n; cut++) {
        write_bytes(path, bytes, cut);
        ck_assert_ptr_null(tt_safetensors_open(ctx, path));
        expect_error(ctx, TT_ERR_FORMAT, path);
    }
    for (size_t at = 0; at < n; at++)
        for (int bit = 0; bit < 8; bit += 3) {
            bytes[at] ^= (char)(1 << bit);
            write_bytes(path, bytes, n);
            bytes[at] ^= (char)(1 << bit);
            tt_safetensors *file = tt_safetensors_open(ctx, path);
            tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
            for (int64_t i = 0; i < tt_safetensors_count(file); i++, tt_error_clear(ctx))
                tt_sum(tt_cast(tt_safetensors_at(file, i), TT_F32), TT_ALL_AXES, false);
            tt_scope_end(ctx, s);
            tt_error_clear(ctx);
            tt_safetensors_close(file);
        }
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(what_cannot_be_saved)
{
    static const char *const twice[] = {"a", "a"}, *const reserved = "__metadata__",
                             *const broken = "\xff", *const nothing = NULL, *const a = "a";
    char path[256];
    strcpy(path, in_folder("unsaved"));
    tt_ctx *ctx = tt_ctx_new(), *other = tt_ctx_new();
    tt_tensor *t[] = {tt_ones(ctx, TT_F32, TT_SHAPE(2)), tt_ones(other, TT_F32, TT_SHAPE(2)), NULL};
    tt_tensor *same[] = {t[0], t[0]};
    const char *const two[] = {"a", "b"};
    ck_assert_int_eq(tt_safetensors_save(path, 2, twice, same, 0, NULL, NULL), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "name 'a' is given twice");
    ck_assert_int_eq(tt_safetensors_save(path, 1, &reserved, t, 0, NULL, NULL), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "__metadata__");
    ck_assert_int_eq(tt_safetensors_save(path, 1, &broken, t, 0, NULL, NULL), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "name 0 is not UTF-8");
    ck_assert_int_eq(tt_safetensors_save(path, 1, &nothing, t, 0, NULL, NULL), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "name 0 is NULL");
    ck_assert_int_eq(tt_safetensors_save(path, 1, NULL, t, 0, NULL, NULL), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "name 0 is NULL");
    ck_assert_int_eq(tt_safetensors_save(path, 1, &a, t, 2, twice, two), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "key 'a' is given twice");
    ck_assert_int_eq(tt_safetensors_save(path, 1, &a, t, 1, &a, &broken), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "value 0 is not UTF-8");
    ck_assert_int_eq(tt_safetensors_save(path, 2, two, t, 0, NULL, NULL), TT_ERR_CONTEXT);
    expect_error(ctx, TT_ERR_CONTEXT, "tensor 1");
    ck_assert_int_eq(tt_safetensors_save(path, 1, &a, t + 2, 0, NULL, NULL), TT_ERR_ARG);
    ck_assert_int_eq(tt_safetensors_save(NULL, 1, &a, t, 0, NULL, NULL), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "the path is NULL");
    ck_assert_int_eq(tt_safetensors_save("/nowhere/x", 1, &a, t, 0, NULL, NULL), TT_ERR_IO);
    expect_error(ctx, TT_ERR_IO, "/nowhere/x");
    ck_assert_int_ne(access(path, F_OK), 0);
    tt_ctx_free(other);
    tt_ctx_free(ctx);
}
END_TEST

/* A limit on the size of files stands for a full disk. */
START_TEST(a_full_disk_leaves_the_old_file)
{
    static const char *const a = "a";
    char path[300], folder[256];
    strcpy(folder, in_folder("full"));
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    snprintf(path, sizeof path, "%s/model", folder);
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *old = counting(ctx, TT_SHAPE(8)), *new = tt_ones(ctx, TT_F32, TT_SHAPE(100000));
    ck_assert_int_eq(tt_safetensors_save(path, 1, &a, &old, 0, NULL, NULL), TT_OK);
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 65536;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    tt_status status = tt_safetensors_save(path, 1, &a, &new, 0, NULL, NULL);
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert_int_eq(status, TT_ERR_IO);
    expect_error(ctx, TT_ERR_IO, "cannot write");
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    ck_assert(tt_array_equal(tt_safetensors_get(file, "a"), old));
    tt_safetensors_close(file);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else was left in it */
    tt_ctx_free(ctx);
}
END_TEST

typedef struct meter {
    int64_t left, blocks;
} meter;

static void *take(size_t bytes, void *user)
{
    meter *m = user;
    void *p = m->left-- > 0 ? malloc(bytes) : NULL;
    m->blocks += p != NULL;
    return p;
}

static void give(void *p, void *user)
{
    meter *m = user;
    m->blocks -= p != NULL;
    free(p);
}

START_TEST(what_a_file_replaces)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2));
    const char *name = "x", *path = "replaced.safetensors";
    struct stat st;
    unlink(path);
    mode_t mask = umask(027);
    ck_assert_int_eq(tt_safetensors_save(path, 1, &name, &x, 0, NULL, NULL), TT_OK);
    umask(mask);
    ck_assert(stat(path, &st) == 0);
    ck_assert_int_eq(st.st_mode & 0777, 0640);
    ck_assert(chmod(path, 0600) == 0);
    ck_assert_int_eq(tt_safetensors_save(path, 1, &name, &x, 0, NULL, NULL), TT_OK);
    ck_assert(stat(path, &st) == 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    unlink(path);
    ck_assert(mkfifo(path, 0600) == 0); /* stands for a device, which is none to try this on */
    ck_assert_int_eq(tt_safetensors_save(path, 1, &name, &x, 0, NULL, NULL), TT_ERR_IO);
    expect_error(ctx, TT_ERR_IO, "not a regular file");
    ck_assert(!tt_safetensors_open(ctx, path)); /* and does not wait for a writer */
    expect_error(ctx, TT_ERR_IO, "cannot read");
    ck_assert(stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

/* What becomes of a copied file changes nothing. */
START_TEST(a_copy_outlives_its_file)
{
    char path[256];
    strcpy(path, in_folder("copied"));
    tt_ctx *ctx = tt_ctx_new();
    const char *const names[] = {"x", "y"};
    tt_tensor *in[] = {counting(ctx, TT_SHAPE(300, 7)), tt_ones(ctx, TT_BOOL, TT_SHAPE(3))};
    tt_safetensors_save(path, 2, names, in, 0, NULL, NULL);
    tt_safetensors *mapped = tt_safetensors_open_with(ctx, path, TT_MAP);
    tt_safetensors *file = tt_safetensors_open_with(ctx, path, TT_COPY);
    tt_tensor *x = tt_safetensors_get(file, "x");
    ck_assert(tt_array_equal(x, tt_safetensors_get(mapped, "x")));
    tt_safetensors_close(mapped);
    ck_assert_int_eq(truncate(path, 10), 0);
    ck_assert(tt_array_equal(x, in[0]));
    ck_assert(tt_array_equal(tt_safetensors_get(file, "y"), in[1]));
    tt_safetensors_close(file);
    ck_assert(tt_array_equal(x, in[0]));
    tt_fill_(x, 1);
    expect_error(ctx, TT_ERR_ARG, "read-only");
    ck_assert_ptr_null(tt_safetensors_open_with(ctx, path, TT_COPY));
    expect_error(ctx, TT_ERR_FORMAT, "");
    ck_assert_ptr_null(tt_safetensors_open_with(ctx, python_file, 6));
    expect_error(ctx, TT_ERR_ARG, "flags of 0x6");
    ck_assert_ptr_null(tt_safetensors_open_with(ctx, NULL, TT_COPY));
    expect_error(ctx, TT_ERR_ARG, "the path is NULL");
    ck_assert_ptr_null(tt_safetensors_open_with(NULL, python_file, TT_COPY));
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

/* A copy counts as memory of the context, a map does not. */
START_TEST(a_copy_counts)
{
    char path[256];
    strcpy(path, in_folder("large"));
    tt_ctx *ctx = tt_ctx_new();
    const char *name = "x";
    tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(1 << 20));
    tt_safetensors_save(path, 1, &name, &x, 0, NULL, NULL);
    tt_ctx_free(ctx);
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.memory_limit = 1 << 20;
    ctx = tt_ctx_new_with(&o);
    tt_safetensors_close(tt_safetensors_open(ctx, path));
    ck_assert(tt_ok(ctx));
    ck_assert_ptr_null(tt_safetensors_open_with(ctx, path, TT_COPY));
    expect_error(ctx, TT_ERR_NOMEM, "out of memory");
    unlink(path);
    tt_ctx_free(ctx);
}
END_TEST

/* Reads and writes with each allocation failing in turn: an error, and no block is lost. */
START_TEST(no_memory_at_any_point)
{
    static const char *const names[] = {"a", "b"};
    char path[256];
    strcpy(path, in_folder("memory"));
    bool done = false;
    for (int64_t allowed = 2; !done; allowed++) {
        meter m = {allowed, 0};
        tt_ctx_options o = TT_CTX_OPTIONS_INIT;
        o.allocator = (tt_allocator){take, give, &m};
        tt_ctx *ctx = tt_ctx_new_with(&o);
        if (!ctx)
            continue;
        tt_safetensors_close(tt_safetensors_open_with(ctx, python_file, TT_COPY));
        tt_safetensors *file = tt_safetensors_open(ctx, python_file);
        tt_tensor *t[] = {tt_safetensors_get(file, "F32"), tt_safetensors_get(file, "scalar")};
        tt_memory_trim(ctx); /* what is cached would not be asked for again */
        tt_status status = tt_safetensors_save(path, 2, names, t, 0, NULL, NULL);
        done = status == TT_OK;
        if (!done)
            expect_error(ctx, TT_ERR_NOMEM, "out of memory");
        tt_safetensors_close(file);
        tt_ctx_free(ctx);
        ck_assert_int_eq(m.blocks, 0);
        ck_assert_int_lt(allowed, 1000);
    }
    unlink(path);
}
END_TEST

int main(int argc, char **argv)
{
    const TTest *const tests[] = {a_file_of_another_program,
                                  what_is_asked_of_nothing,
                                  round_trip,
                                  a_copy_outlives_its_file,
                                  a_copy_counts,
                                  the_bytes_of_a_file,
                                  tensors_outlive_their_file,
                                  odd_addresses_and_odd_bools_are_copied,
                                  headers_are_checked,
                                  other_tensors_of_a_file_are_usable,
                                  damaged_files_are_refused,
                                  what_cannot_be_saved,
                                  a_full_disk_leaves_the_old_file,
                                  what_a_file_replaces,
                                  no_memory_at_any_point};
    python_file = argc > 1 ? argv[1] : "python.safetensors";
    return run_tests("safetensors", tests, sizeof tests / sizeof *tests);
}
