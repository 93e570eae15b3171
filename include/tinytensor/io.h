/** @file io.h
 * Printing, and files: NumPy's formats and safetensors. */
#ifndef TINYTENSOR_IO_H
#define TINYTENSOR_IO_H

#include <stdio.h>
#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup io Printing and files
 * @{ */

/** @defgroup print Printing
 * As NumPy prints: columns aligned, the fewest digits that read back as the same value up to a
 * precision, `...` in the middle of large tensors. A tensor without axes is written as NumPy writes
 * a number that stands alone: with all its digits, "1.0" and "0.1", whatever the options. Shape and
 * dtype come last. Printing works in a context with an error, too, and in every locale.
 * @{ */

/** How a tensor is written; begin with #TT_PRINT_OPTIONS_INIT. Names and defaults are those of
 * numpy.set_printoptions. */
typedef struct tt_print_options {
    size_t struct_size; /**< sizeof(tt_print_options) */
    int precision;      /**< most digits after the point; 8 by default, at most 20 */
    int64_t threshold;  /**< the middle is left out above so many elements; 1000 by default */
    int edge_items;     /**< how many are then left at each end of an axis; 3 by default */
    int line_width;     /**< most columns of a line; 75 by default */
    bool suppress;      /**< no exponents for small numbers; false by default */
} tt_print_options;

/** The default options, as an initialiser. */
#define TT_PRINT_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(tt_print_options), 8, 1000, 3, 75, false                                            \
    }

/** Writes a tensor to standard output, and an end of line.
 * @param x  (...), any dtype
 * @return   #TT_OK; #TT_ERR_IO when it cannot be written; #TT_ERR_ARG for NULL, which writes
 *           nothing */
TT_API tt_status tt_print(const tt_tensor *x);

/** Writes a tensor to a file, and an end of line.
 * @param file  an open file
 * @param x     (...), any dtype
 * @return      as tt_print() */
TT_API tt_status tt_fprint(FILE *file, const tt_tensor *x);

/** tt_print() with options.
 * @param x        (...), any dtype
 * @param options  NULL for the defaults
 * @return         as tt_print() */
TT_API tt_status tt_print_with(const tt_tensor *x, const tt_print_options *options);

/** tt_fprint() with options.
 * @param file     an open file
 * @param x        (...), any dtype
 * @param options  NULL for the defaults
 * @return         as tt_print() */
TT_API tt_status tt_fprint_with(FILE *file, const tt_tensor *x, const tt_print_options *options);

/** Writes a tensor to memory, as snprintf() does: what does not fit is left out, and the text ends
 * with a NUL when size is not 0.
 * @param x        (...), any dtype; NULL is written as "NULL"
 * @param options  NULL for the defaults
 * @param buffer   receives the text; may be NULL when size is 0
 * @param size     bytes of the buffer
 * @return         length of the whole text, without the NUL */
TT_API size_t tt_format(const tt_tensor *x, const tt_print_options *options, char *buffer,
                        size_t size);

/** @} */

/** @defgroup files npy and npz
 * NumPy's formats: npy holds one tensor, npz is a zip archive of them with names. They are read
 * from any machine, in C and Fortran order and either byte order, and written as numpy.save and
 * numpy.savez write them. All dtypes but bfloat16, which NumPy has not. A file is written beside
 * its place, synced and renamed, so that it is whole or as it was; a damaged file is
 * #TT_ERR_FORMAT, with a message that says what is wrong.
 *
 * @code
 * tt_tensor *w = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *b = tt_zeros(ctx, TT_F32, TT_SHAPE(2));
 * const char *names[] = {"w", "b"};
 * tt_save_npz("model.npz", 2, names, (tt_tensor *[]){w, b});
 * tt_print(tt_load_npz(ctx, "model.npz", "w"));
 * remove("model.npz");
 * @endcode
 * @{ */

/** Writes a tensor to a npy file.
 * @param x     (...), any strides
 * @param path  the file
 * @return      #TT_OK, #TT_ERR_IO, #TT_ERR_DTYPE */
TT_API tt_status tt_save_npy(tt_tensor *x, const char *path);

/** Reads a npy file.
 * @param ctx   the context
 * @param path  the file
 * @return      (...); NULL: #TT_ERR_IO, #TT_ERR_FORMAT, #TT_ERR_NOMEM */
TT_API tt_tensor *tt_load_npy(tt_ctx *ctx, const char *path);

/** Writes tensors to a npz file, not compressed.
 * @param path     the file
 * @param n        number of tensors, at least 1
 * @param names    their names, each once, UTF-8
 * @param tensors  (...), any strides
 * @return         #TT_OK, #TT_ERR_IO, #TT_ERR_DTYPE, #TT_ERR_ARG for a NULL, a name that is given
 *                 twice or one of more than 251 bytes, #TT_ERR_UNSUPPORTED above 4 GB or 65,535
 * tensors */
TT_API tt_status tt_save_npz(const char *path, int n, const char *const *names,
                             tt_tensor *const *tensors);

/** Reads one tensor of a npz file. Compressed ones (numpy.savez_compressed) need a library built
 * with zlib; tt_build_info() tells. They are unpacked as they are read, into the tensor itself: no
 * other memory is asked for. What an entry says of its size is checked before: a size above the
 * context's #tt_ctx_options.memory_limit, or above 1032 times the packed bytes, which is the most
 * that the format can do, is #TT_ERR_FORMAT. Who reads files of others sets a limit.
 * @param ctx   the context
 * @param path  the file
 * @param name  the tensor's name
 * @return      (...); NULL: #TT_ERR_IO, #TT_ERR_FORMAT, #TT_ERR_ARG when there is no such name,
 *              #TT_ERR_UNSUPPORTED without zlib, #TT_ERR_NOMEM */
TT_API tt_tensor *tt_load_npz(tt_ctx *ctx, const char *path, const char *name);

/** Lists the tensors of a npz file, in the order in which they stand in it.
 * @param ctx    the context
 * @param path   the file
 * @param max    room in names
 * @param names  receives at most max names of up to 63 bytes
 * @return       how many there are in the file, also above max; or a negative status: #TT_ERR_IO,
 *               #TT_ERR_FORMAT */
TT_API int tt_npz_names(tt_ctx *ctx, const char *path, int max, char (*names)[64]);

/** @} */

/** @defgroup csv Tables as text
 * Numbers in lines, as spreadsheets write them: one row a line, values apart by commas or another
 * character, blanks around them ignored, quotes allowed. Empty lines are left out, and so are lines
 * that begin with the mark of a comment. Numbers are what strtod() or strtoll() reads, `0x1f` too,
 * with a point in every locale; `inf` and `nan` are numbers of float dtypes, in which a number that
 * is too large is infinite. A file compressed by gzip is read as what it holds, by a library with
 * zlib. A value that is empty, `NA` or `?` is missing. What is wrong is told with its line and
 * column, counted from 1.
 *
 * @code
 * FILE *f = fopen("table.csv", "w");
 * fputs("height;weight\n1.62;54\n1.80;\n", f);
 * fclose(f);
 * tt_csv_options o = TT_CSV_OPTIONS_INIT;
 * o.delimiter = ';';
 * o.header = true;
 * o.allow_missing = true;
 * tt_print(tt_load_csv(ctx, "table.csv", &o)); // [[1.62 54.] [1.8 nan]]
 * remove("table.csv");
 * @endcode
 * @{ */

/** How a table is read; begin with #TT_CSV_OPTIONS_INIT. */
typedef struct tt_csv_options {
    size_t struct_size; /**< sizeof(tt_csv_options) */
    tt_dtype dtype;     /**< #TT_F32 by default, #TT_F64 or #TT_I64 */
    char delimiter;     /**< between values, ',' by default; ' ' stands for any run of blanks */
    char comment;       /**< with which a line begins that is left out, '#' by default; 0: none */
    bool header;        /**< the first line has the names of the columns; false by default */
    bool allow_missing; /**< missing values become NaN, else they are errors; false by default */
} tt_csv_options;

/** The default options, as an initialiser. */
#define TT_CSV_OPTIONS_INIT                                                                        \
    {                                                                                              \
        sizeof(tt_csv_options), TT_F32, ',', '#', false, false                                     \
    }

/** Reads a table of numbers.
 * @param ctx      the context
 * @param path     the file
 * @param options  NULL for the defaults
 * @return         (rows columns); NULL: #TT_ERR_IO; #TT_ERR_FORMAT for what is no number or does
 *                 not fit in int64, rows of different length, an empty file, and missing
 *                 values, all of which the message lists as far as there is room; #TT_ERR_DTYPE and
 *                 #TT_ERR_ARG for options; #TT_ERR_UNSUPPORTED for a compressed file without zlib;
 *                 #TT_ERR_NOMEM */
TT_API tt_tensor *tt_load_csv(tt_ctx *ctx, const char *path, const tt_csv_options *options);

/** The names of the columns, which are the first line of the table.
 * @param ctx      the context
 * @param path     the file
 * @param options  NULL for the defaults; the first line is taken as a header in any case
 * @param max      room in names
 * @param names    receives at most max names of up to 63 bytes
 * @return         how many columns there are, also above max; or a negative status as for
 *                 tt_load_csv() */
TT_API int tt_csv_names(tt_ctx *ctx, const char *path, const tt_csv_options *options, int max,
                        char (*names)[64]);

/** @} */

/** @defgroup safetensors Safetensors
 * The format in which models are passed around: tensors with names, and free text. Files are
 * mapped, not read: opening one takes as long as its header, tensors are views of the map, and
 * memory is used as they are read. The map stays while a tensor over it is used, also after the
 * file is closed. Tensors are read-only; tt_clone() gives one that may be written. Elements that
 * lie at addresses that are no multiple of their size, which files of other programs may have, are
 * copied when the tensor is made.
 *
 * A mapped file must not be changed in place while it is open, for which no program has a defence:
 * tensors show what is written into it, and when another process makes it shorter, reading what was
 * cut off ends the program by SIGBUS. tt_safetensors_save() writes beside it and renames, which is
 * safe. Who reads files that others may do this to, or that lie on a network, opens them by
 * tt_safetensors_open_with() with #TT_COPY: the file is read once, and no longer looked at.
 * Everything in a header is
 * checked when a file is opened: its length, its JSON, that no name is there twice, and that
 * shapes, dtypes and places fit and cover the data without gaps. Dtypes: F32, F64, F16, BF16, I64,
 * I32, U8 and BOOL; a file may hold others, which are errors only when such a tensor is asked for.
 *
 * @code
 * tt_tensor *w = tt_ones(ctx, TT_BF16, TT_SHAPE(2, 3));
 * const char *name = "weight", *key = "format", *value = "pt";
 * tt_safetensors_save("model.safetensors", 1, &name, &w, 1, &key, &value);
 * tt_safetensors *file = tt_safetensors_open(ctx, "model.safetensors");
 * tt_tensor *x = tt_safetensors_get(file, "weight");
 * tt_safetensors_close(file);
 * tt_print(tt_cast(x, TT_F32));
 * remove("model.safetensors");
 * @endcode
 * @{ */

/** An open safetensors file. */
typedef struct tt_safetensors tt_safetensors;

/** Opens a file and checks all of its header.
 * @param ctx   the context of its tensors
 * @param path  the file
 * @return      to be closed by tt_safetensors_close(); NULL: #TT_ERR_IO, #TT_ERR_FORMAT,
 *              #TT_ERR_ARG, #TT_ERR_NOMEM; #TT_ERR_UNSUPPORTED on a big-endian machine */
TT_API tt_safetensors *tt_safetensors_open(tt_ctx *ctx, const char *path);

/** How tt_safetensors_open_with() takes a file in. */
typedef enum tt_open_flags {
    TT_MAP = 0, /**< It is mapped: nothing is read before it is used. */
    /** It is read into the context's memory, where its #tt_ctx_options.memory_limit counts, and not
     * looked at again: what becomes of the file afterwards, in whatever hands, changes no tensor.
     */
    TT_COPY = 1
} tt_open_flags;

/** Opens a file and checks all of its header, mapped or as a copy.
 *
 * @code
 * tt_tensor *w = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3));
 * const char *name = "weight";
 * tt_safetensors_save("model.safetensors", 1, &name, &w, 0, NULL, NULL);
 * tt_safetensors *file = tt_safetensors_open_with(ctx, "model.safetensors", TT_COPY);
 * remove("model.safetensors");
 * tt_print(tt_safetensors_get(file, "weight"));
 * tt_safetensors_close(file);
 * @endcode
 *
 * @param ctx    the context of its tensors
 * @param path   the file
 * @param flags  #TT_MAP or #TT_COPY
 * @return       as tt_safetensors_open(), and #TT_ERR_ARG for other flags; with #TT_COPY
 *               #TT_ERR_FORMAT when the file becomes shorter while it is read */
TT_API tt_safetensors *tt_safetensors_open_with(tt_ctx *ctx, const char *path, unsigned flags);

/** Closes a file. Its tensors stay as they are; names, shapes and texts that it gave are gone.
 * Closing is the only use of a file after the end of its context.
 * @param file  an open file or NULL */
TT_API void tt_safetensors_close(tt_safetensors *file);

/** The number of tensors in a file.
 * @param file  an open file or NULL
 * @return      0 for NULL */
TT_API int64_t tt_safetensors_count(const tt_safetensors *file);

/** The name of a tensor, UTF-8.
 * @param file  an open file or NULL
 * @param i     number of the tensor, in the order of the header
 * @return      valid until the file is closed; NULL for NULL, and when there is no such tensor */
TT_API const char *tt_safetensors_name(const tt_safetensors *file, int64_t i);

/** The number of a tensor.
 * @param file  an open file or NULL
 * @param name  of the tensor
 * @return      from 0; -1 when there is none of this name, which is no error */
TT_API int64_t tt_safetensors_find(const tt_safetensors *file, const char *name);

/** The dtype of a tensor.
 * @param file  an open file or NULL
 * @param i     number of the tensor
 * @return      a #tt_dtype; the negative #TT_ERR_DTYPE for others, #TT_ERR_ARG when there is no
 * such tensor, neither of which is recorded */
TT_API int tt_safetensors_dtype(const tt_safetensors *file, int64_t i);

/** The number of axes of a tensor.
 * @param file  an open file or NULL
 * @param i     number of the tensor
 * @return      0 to 16; the negative #TT_ERR_SHAPE above; 0 when there is no such tensor */
TT_API int tt_safetensors_ndim(const tt_safetensors *file, int64_t i);

/** The sizes of the axes of a tensor.
 * @param file  an open file or NULL
 * @param i     number of the tensor
 * @return      tt_safetensors_ndim() numbers, valid until the file is closed; NULL when there is no
 *              such tensor */
TT_API const int64_t *tt_safetensors_shape(const tt_safetensors *file, int64_t i);

/** A tensor over the mapped file, by its name.
 * @param file  an open file
 * @param name  of the tensor
 * @return      (...), read-only, in the innermost scope; NULL: #TT_ERR_ARG when there is none of
 *              this name, #TT_ERR_DTYPE, #TT_ERR_SHAPE for more than 16 axes, #TT_ERR_NOMEM */
TT_API tt_tensor *tt_safetensors_get(tt_safetensors *file, const char *name);

/** A tensor over the mapped file, by its number.
 * @param file  an open file
 * @param i     number of the tensor, from 0
 * @return      as tt_safetensors_get() */
TT_API tt_tensor *tt_safetensors_at(tt_safetensors *file, int64_t i);

/** A text of the file's `__metadata__`.
 * @param file  an open file or NULL
 * @param key   of the text
 * @return      UTF-8, valid until the file is closed; NULL when there is none of this key, which is
 *              no error */
TT_API const char *tt_safetensors_metadata(const tt_safetensors *file, const char *key);

/** The number of texts in the file's `__metadata__`.
 * @param file  an open file or NULL
 * @return      0 for NULL */
TT_API int64_t tt_safetensors_metadata_count(const tt_safetensors *file);

/** The key of a text of the file's `__metadata__`.
 * @param file  an open file or NULL
 * @param i     number of the text, in the order of the keys' bytes
 * @return      UTF-8, valid until the file is closed; NULL for NULL, and when there is none */
TT_API const char *tt_safetensors_metadata_key(const tt_safetensors *file, int64_t i);

/** Writes tensors and texts to a file. The file is written beside its place, synced and renamed: it
 * is whole or as it was, also on a full disk and when the program is ended meanwhile.
 * @param path     the file
 * @param n        number of tensors, at least 1
 * @param names    their names, each once, UTF-8
 * @param tensors  (...), any strides and dtypes, of one context
 * @param n_meta   number of texts, 0 or more
 * @param keys     their keys, each once, UTF-8; may be NULL when there are none
 * @param values   the texts, UTF-8; may be NULL when there are none
 * @return         #TT_OK, #TT_ERR_IO, #TT_ERR_ARG, #TT_ERR_CONTEXT, #TT_ERR_NOMEM;
 *                 #TT_ERR_UNSUPPORTED for a header above 100 MB and on a big-endian machine */
TT_API tt_status tt_safetensors_save(const char *path, int n, const char *const *names,
                                     tt_tensor *const *tensors, int n_meta, const char *const *keys,
                                     const char *const *values);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
