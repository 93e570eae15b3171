/** @file context.h
 * Contexts: the owner of tensors, and their lifetimes, errors, threads and memory. */
#ifndef TINYTENSOR_CONTEXT_H
#define TINYTENSOR_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tinytensor/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup context Contexts
 * A context owns all that is made in it: tensors, the record for gradients, optimisers, memory.
 * The library has no other state. A context is used by one thread at a time, and contexts are
 * independent of each other; inside one operation the library itself works on several threads.
 * @{ */

/** A context. Opaque; made by tt_ctx_new(). */
typedef struct tt_ctx tt_ctx;

/** A tensor: a handle on a shape, strides, a dtype and memory that views share. Opaque; it belongs
 * to the scope in which it was made, and is never freed by hand. */
typedef struct tt_tensor tt_tensor;

/** @defgroup status Status and errors
 * The library never aborts, exits, prints or jumps. An operation that fails records the first error
 * in its context and returns `NULL`; operations on `NULL`, or in a context with an error, do
 * nothing and return `NULL`; and nothing in place runs. So an expression of any depth is written
 * without checks, and tt_ok() is asked once, at its end. Functions that return no tensor return a
 * tt_status, and those that count return the count or a negative status. What only reads tensors
 * that are there works in a context with an error, too, so that a failed run can say and save what
 * it has: tt_item(), tt_get(), tt_cdata(), tt_data(), tt_copy_out(), tt_print() and the functions
 * that save. What they find wrong themselves is then returned, and the first error stays.
 * @{ */

/** The status codes, their values and meanings: the list from which tt_status is made.
 * `X(name, value, text)` is expanded for each of them. A program may expand it for its own tables.
 * @param X  a macro of three arguments */
#define TT_STATUS_MAP(X)                                                                           \
    X(TT_OK, 0, "no error")                                                                        \
    X(TT_ERR_NOMEM, -1, "out of memory, or past the context's memory limit")                       \
    X(TT_ERR_ARG, -2, "an argument that makes no sense")                                           \
    X(TT_ERR_SHAPE, -3, "shapes that do not fit")                                                  \
    X(TT_ERR_DTYPE, -4, "dtypes that do not fit")                                                  \
    X(TT_ERR_AXIS, -5, "an axis out of range or named twice")                                      \
    X(TT_ERR_INDEX, -6, "an index out of range")                                                   \
    X(TT_ERR_PATTERN, -7, "a pattern or slice that cannot be read")                                \
    X(TT_ERR_GRAD, -8, "misuse of automatic differentiation")                                      \
    X(TT_ERR_DEAD, -9, "a tensor used after its scope ended")                                      \
    X(TT_ERR_CONTEXT, -10, "tensors of two contexts in one operation")                             \
    X(TT_ERR_IO, -11, "a file that cannot be read or written")                                     \
    X(TT_ERR_FORMAT, -12, "a file whose content is not what it should be")                         \
    X(TT_ERR_NUMERIC, -13, "a computation that has no numeric result")                             \
    X(TT_ERR_UNSUPPORTED, -14, "not supported, or not in this build")

/** One row of TT_STATUS_MAP as an enumerator.
 * @param name   of the code
 * @param value  0 or negative
 * @param text   what it means */
#define TT_STATUS_ENUM_(name, value, text) name = value, /**< text */

/** How a call ended: 0, or one of the negative codes. New codes are only ever added at the end. */
typedef enum tt_status { TT_STATUS_MAP(TT_STATUS_ENUM_) } tt_status;
#undef TT_STATUS_ENUM_

/** A function that is called once for each first error, inside the call that fails.
 * It may print, stop in a debugger or exit; it must not use the tensors of the context.
 * @param ctx      the context
 * @param status   the code
 * @param message  the text, as tt_error_message() gives it
 * @param user     what tt_set_error_handler() was given */
typedef void (*tt_error_handler)(tt_ctx *ctx, tt_status status, const char *message, void *user);

/** Whether the context exists and has no error.
 * @param ctx  a context or NULL
 * @return     false for NULL, so that it also tells whether tt_ctx_new() worked */
TT_API bool tt_ok(const tt_ctx *ctx);

/** The code of the first error since the last tt_error_clear().
 * @param ctx  a context; NULL counts as one that could not be made
 * @return     #TT_OK when there is none; #TT_ERR_NOMEM for NULL */
TT_API tt_status tt_error_code(const tt_ctx *ctx);

/** The text of the first error: the operation, the fact, the values. One line, without an end of
 * line; an error about a slice or a pattern adds the text and a line that marks the place.
 * @param ctx  a context or NULL
 * @return     "" when there is no error; valid until the next tt_error_clear() */
TT_API const char *tt_error_message(const tt_ctx *ctx);

/** Forgets the error, so that operations work again. Every tensor is as it was before the call that
 * failed.
 * @param ctx  a context or NULL */
TT_API void tt_error_clear(tt_ctx *ctx);

/** Records an error, as the library's own functions do: for functions built on top of it. An error
 * that is there already stays, and the handler is called for a first one.
 * @param ctx     a context; with NULL nothing is recorded
 * @param status  the code; #TT_OK records nothing
 * @param format  printf format of the message, as a rule "function: fact: values"
 * @param ...     its arguments
 * @return        the code that the context now has, status itself for a NULL context */
TT_API tt_status tt_error_set(tt_ctx *ctx, tt_status status, const char *format, ...)
    TT_PRINTF(3, 4);

/** The name of a code, such as "TT_ERR_SHAPE".
 * @param status  any number
 * @return        a string that lives for ever; "TT_ERR_UNKNOWN" for what is no code */
TT_API const char *tt_status_name(tt_status status);

/** Sets the function that hears of each first error at once.
 * @param ctx   a context or NULL
 * @param fn    the function; NULL for none, which is how a context begins
 * @param user  handed to fn */
TT_API void tt_set_error_handler(tt_ctx *ctx, tt_error_handler fn, void *user);

/** @} */

/** @defgroup lifetime Contexts and their options
 * @{ */

/** Where a context gets its memory. It is called by the thread that uses the context, except for
 * blocks of tensors given away by tt_share(), which are freed by the thread that lets go last. */
typedef struct tt_allocator {
    /** Returns bytes of memory aligned as malloc() aligns, or NULL. Where this member is NULL the
     * context uses malloc() and free(), and asks for huge pages for large blocks. */
    void *(*alloc)(size_t bytes, void *user);
    /** Takes back what alloc() returned; p is never NULL. */
    void (*free)(void *p, void *user);
    /** Handed to both. */
    void *user;
} tt_allocator;

/** Options of a context; begin with #TT_CTX_OPTIONS_INIT. */
typedef struct tt_ctx_options {
    size_t struct_size;     /**< sizeof(tt_ctx_options) */
    tt_allocator allocator; /**< where memory comes from; all NULL: malloc() */
    uint64_t seed;          /**< of the random numbers, as for tt_seed(); 0 by default */
    int num_threads;        /**< as for tt_set_num_threads(); 0: the default */
    int64_t memory_limit;   /**< bytes, beyond which #TT_ERR_NOMEM follows; 0: no limit */
} tt_ctx_options;

/** The default options, as an initialiser. */
#define TT_CTX_OPTIONS_INIT                                                                        \
    {                                                                                              \
        sizeof(tt_ctx_options), {NULL, NULL, NULL}, 0, 0, 0                                        \
    }

/** Makes a context with default options.
 * @return  the context, to be freed by tt_ctx_free(); NULL when there is no memory */
TT_API tt_ctx *tt_ctx_new(void);

/** Makes a context.
 * @code
 * tt_ctx_options o = TT_CTX_OPTIONS_INIT;
 * o.num_threads = 1;
 * o.memory_limit = 1 << 20;
 * tt_ctx *small = tt_ctx_new_with(&o);
 * tt_zeros(small, TT_F32, TT_SHAPE(1000, 1000));
 * printf("%s\n", tt_status_name(tt_error_code(small)));
 * tt_ctx_free(small);
 * @endcode
 * The example prints `TT_ERR_NOMEM`.
 * @param options  copied; NULL for the defaults
 * @return         the context, or NULL when there is no memory */
TT_API tt_ctx *tt_ctx_new_with(const tt_ctx_options *options);

/** Frees a context and everything that belongs to it, whatever scopes are open: tensors, gradients,
 * optimisers, cached memory. What tt_ctx_on_free() has registered is called first. Storage that
 * another context shares (tt_share()) stays until that one lets go.
 * @param ctx  a context or NULL */
TT_API void tt_ctx_free(tt_ctx *ctx);

/** Registers a function to be called at the start of tt_ctx_free(), the latest registered first. So
 * an object built on top of a context can live as long as the context, without a function of its
 * own to free it.
 * @param ctx   a context
 * @param fn    the function
 * @param user  handed to it
 * @return      #TT_OK, #TT_ERR_ARG when ctx or fn is NULL, #TT_ERR_NOMEM */
TT_API tt_status tt_ctx_on_free(tt_ctx *ctx, void (*fn)(void *user), void *user);

/** Takes memory from the context: aligned to 64 bytes, not cleared, counted by tt_memory_stats()
 * and against the memory limit, and as a rule used again rather than fresh.
 * @param ctx    a context
 * @param bytes  how many
 * @return       memory to be given back by tt_ctx_dealloc(), at the latest in a function registered
 *               by tt_ctx_on_free(); NULL: #TT_ERR_NOMEM, or an error before */
TT_API void *tt_ctx_alloc(tt_ctx *ctx, size_t bytes);

/** Gives memory back to the context. It works in a context with an error, too.
 * @param ctx  the context that it came from
 * @param p    what tt_ctx_alloc() returned, or NULL */
TT_API void tt_ctx_dealloc(tt_ctx *ctx, void *p);

/** @} */

/** @defgroup scope Scopes
 * A context owns a stack of scopes. A tensor belongs to the scope that was innermost when it was
 * made, and goes when that scope ends; what a recorded operation needs of it stays. The lowest
 * scope, the root, lives as long as the context, and records for gradients.
 *
 * @code
 * tt_tensor *total = tt_zeros(ctx, TT_F64, TT_SCALAR);
 * for (int i = 1; i <= 3; i++) {
 *     tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
 *     tt_tensor *x = tt_full(ctx, TT_F64, TT_SHAPE(1000), i);
 *     tt_add_(total, tt_mean(tt_square(x), TT_ALL_AXES, false));
 *     tt_scope_end(ctx, s);
 * }
 * printf("%g\n", tt_item(total));
 * @endcode
 * The example prints 14, and ends with one tensor.
 * @{ */

/** A scope, as tt_scope_begin() returns it. A mark of 0 stands for no scope. */
typedef struct tt_scope {
    int64_t mark; /**< tells this scope from every other one of its context */
} tt_scope;

/** Whether operations inside a scope are recorded for gradients. */
typedef enum tt_grad_mode {
    TT_NO_GRAD, /**< nothing is recorded: inference, updates of parameters */
    TT_GRAD     /**< operations on tensors that require a gradient are recorded */
} tt_grad_mode;

/** Opens a scope inside the innermost one.
 * @param ctx   a context
 * @param mode  holds inside the scope; what held before holds again after it
 * @return      the scope; one with mark 0, which tt_scope_end() ignores, for a NULL context and
 *              when there is no memory (#TT_ERR_NOMEM) */
TT_API tt_scope tt_scope_begin(tt_ctx *ctx, tt_grad_mode mode);

/** Ends a scope and every scope opened inside it that is still open, and with them their tensors.
 * A break, a return or a forgotten inner end therefore costs memory for a while, never safety.
 * A scope that has ended already is ignored. Works in a context with an error, too.
 * @param ctx    a context or NULL
 * @param scope  what tt_scope_begin() returned */
TT_API void tt_scope_end(tt_ctx *ctx, tt_scope scope);

/** Moves a tensor to the scope around the one that it belongs to, so that it outlives that one.
 * In the root scope it stays where it is. Works in a context with an error, too.
 * @param x  a tensor or NULL
 * @return   x; NULL for NULL or a dead handle (#TT_ERR_DEAD) */
TT_API tt_tensor *tt_keep(tt_tensor *x);

/** Makes a tensor a parameter: moves it to the root scope and makes it a leaf that collects a
 * gradient. If it was computed, it is cut off from what it was computed from.
 * @param x  any shape, float32 or float64
 * @return   x; NULL: #TT_ERR_GRAD for other dtypes, #TT_ERR_NOMEM */
TT_API tt_tensor *tt_param(tt_tensor *x);

/** The context that a tensor belongs to.
 * @param x  a tensor or NULL
 * @return   the context; NULL for NULL or a dead handle */
TT_API tt_ctx *tt_ctx_of(const tt_tensor *x);

/** Gives another context a tensor over the same memory, read-only and without a gradient: many
 * threads, each with its context, can compute with one set of weights. The memory lives until both
 * let go. Call it while no other thread uses either context. The owner must not write to x in place
 * while others read it.
 * @param ctx  the context that gets the tensor
 * @param x    a tensor of any context
 * @return     a read-only tensor of ctx, in its innermost scope; NULL: #TT_ERR_DEAD,
 *             #TT_ERR_NOMEM */
TT_API tt_tensor *tt_share(tt_ctx *ctx, tt_tensor *x);

/** @} */

/** @defgroup resources Seed, threads, memory, versions
 * @{ */

/** Starts the context's random numbers again. The same seed gives the same numbers for any number
 * of threads and on any machine.
 * @param ctx   a context or NULL
 * @param seed  any number; a new context begins with 0 */
TT_API void tt_seed(tt_ctx *ctx, uint64_t seed);

/** Sets how many threads an operation may use, the calling one included. Results have the same bits
 * for any number of them.
 *
 * The default, found when the first context is made, is the number in the environment variable
 * `TT_NUM_THREADS`; where that is not a whole number from 1 to 1024, the one in `OMP_NUM_THREADS`;
 * else the number of processors that the process may use: those of its affinity mask, or fewer
 * where a control group (cgroup, of version 1 or 2) limits its time on them, rounded up.
 *
 * The threads are shared by all contexts of the process: there are never more than the largest
 * number asked for, less the calling one. They start with the first operation that is large enough,
 * spin for some tens of microseconds when there is nothing to do and then sleep, take no signals,
 * and end when the library is unloaded. Where the system gives no threads, operations run on fewer.
 * After `fork` the child starts its own; a signal handler that interrupts an operation must not
 * fork a child that goes on with it. A program may end while threads of its own compute: those that
 * would begin a product of matrices then wait for the end.
 *
 * A thread that calls the library needs at most 64 KiB of stack more than one that calls BLAS,
 * which with OpenBLAS 0.3.21 on x86-64 and Linux makes 144 KiB in all.
 * @param ctx  a context or NULL
 * @param n    the number, of which more than 1024 count as 1024; 0 or less for the default */
TT_API void tt_set_num_threads(tt_ctx *ctx, int n);

/** How many threads an operation may use.
 * @param ctx  a context or NULL
 * @return     at least 1; 0 for NULL */
TT_API int tt_num_threads(const tt_ctx *ctx);

/** What memory a context holds. */
typedef struct tt_memory {
    int64_t bytes_in_use; /**< in tensors, records and everything else that is alive */
    int64_t peak;         /**< the most that bytes_in_use has been */
    int64_t cached;       /**< bytes freed and kept for the next tensor of their size */
    int64_t blocks;       /**< blocks taken from the allocator, in use or cached */
    int64_t live_tensors; /**< tensors in open scopes */
} tt_memory;

/** Tells what memory a context holds. In a steady training step `blocks` does not change: every
 * tensor takes the memory of one that has gone.
 * @param ctx  a context or NULL
 * @return     the numbers; all 0 for NULL */
TT_API tt_memory tt_memory_stats(const tt_ctx *ctx);

/** Gives the cached blocks back to the allocator.
 * @param ctx  a context or NULL */
TT_API void tt_memory_trim(tt_ctx *ctx);

/** The version of the library that runs.
 * @return  such as "0.1.0", for ever */
TT_API const char *tt_version(void);

/** What the library was built with and has picked, in one line: the BLAS and its threading, the
 * default number of threads, the instruction set, optional features. For bug reports and
 * benchmarks.
 * @return  a string that lives for ever */
TT_API const char *tt_build_info(void);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
