/* The routines of LAPACK that are called, and of BLAS beside its products, as Fortran has them:
 * arguments by reference, matrices by columns, and behind all others the lengths of those that are
 * text. In a build without LAPACK the symbols are weak, and nobody calls them. */
#ifndef TT_KERNEL_LAPACK_H
#define TT_KERNEL_LAPACK_H

#include <stddef.h>

#ifndef TT_HAVE_LAPACK
#define TT_HAVE_LAPACK 0
#endif
#if TT_HAVE_LAPACK
#define ROUTINE(name) void NAME(name)
#else
#define ROUTINE(name) __attribute__((weak)) void NAME(name)
#endif

#define T       float
#define NAME(x) s##x##_
#include "lapack_typed.h"
#undef T
#undef NAME
#define T       double
#define NAME(x) d##x##_
#include "lapack_typed.h"
#undef T
#undef NAME
#undef ROUTINE

#endif
