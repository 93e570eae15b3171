/* Tables as text: any bytes, read with options that the first of them choose, load as a tensor or
 * give an error; and so do the names of columns. */
#include <string.h>

#include "fuzz.h"
#include "load.h"

static const char *const seeds[] = {
    "\x01"
    "a,\"b, \"\"c\"\"\"\r\n1,2\r\n# x\n 3.5e-1 ,-inf\n",
    "\x02"
    "1;2;NA\n3;;?\n",
    "\x03"
    " 1  2\t3\n4 5 6\n",
    "\x04"
    "\xef\xbb\xbf"
    "9223372036854775807,-1\n",
};

const uint8_t *fuzz_seed(int i, size_t *size)
{
    if (i >= (int)(sizeof seeds / sizeof *seeds))
        return NULL;
    *size = strlen(seeds[i]);
    return (const uint8_t *)seeds[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const tt_dtype dtypes[] = {TT_F32, TT_F64, TT_I64};
    char names[3][64];
    tt_ctx *ctx = small_context();
    tt_csv_options o = TT_CSV_OPTIONS_INIT;
    int choice = size ? data[0] : 0;
    o.header = choice & 1;
    o.delimiter = ",; \t"[choice / 2 % 4];
    o.dtype = dtypes[choice / 8 % 3];
    o.allow_missing = choice & 64 && o.dtype != TT_I64;
    const char *path = fuzz_file(size ? data + 1 : data, size ? size - 1 : 0, ".csv");
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    look_at(ctx, tt_load_csv(ctx, path, &o));
    tt_error_clear(ctx);
    int n = tt_csv_names(ctx, path, &o, 3, names);
    if ((n < 0) == tt_ok(ctx))
        abort();
    tt_error_clear(ctx);
    tt_scope_end(ctx, s);
    return 0;
}
