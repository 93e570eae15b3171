/** @file io.h
 * Printing, and files in NumPy's formats. */
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
 * precision, `...` in the middle of large tensors. Shape and dtype come last. Printing works in a
 * context with an error, too.
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
#define TT_PRINT_OPTIONS_INIT { sizeof(tt_print_options), 8, 1000, 3, 75, false }

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
 * @param names    their names
 * @param tensors  (...), any strides
 * @return         #TT_OK, #TT_ERR_IO, #TT_ERR_DTYPE, #TT_ERR_ARG for a NULL or a name of more than
 *                 251 bytes, #TT_ERR_UNSUPPORTED above 4 GB or 65,535 tensors */
TT_API tt_status tt_save_npz(const char *path, int n, const char *const *names,
                             tt_tensor *const *tensors);

/** Reads one tensor of a npz file. Compressed ones (numpy.savez_compressed) need a library built
 * with zlib; tt_build_info() tells.
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
/** @} */

#ifdef __cplusplus
}
#endif

#endif
