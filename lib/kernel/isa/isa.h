/* Files in this folder are compiled once per instruction set, with TT_ISA its name. ISA(x) gives a
 * global name per set (x_avx2); everything else in them is static. */
#ifndef TT_KERNEL_ISA_ISA_H
#define TT_KERNEL_ISA_ISA_H

#include "base/inline.h"

#ifndef TT_ISA
#define TT_ISA baseline
#endif
#define ISA_PASTE_(a, b) a##_##b
#define ISA_PASTE(a, b)  ISA_PASTE_(a, b)
#define ISA(name)        ISA_PASTE(name, TT_ISA)
#define ISA_TEXT_(a)     #a
#define ISA_TEXT(a)      ISA_TEXT_(a)

#define VECTOR INLINE

/* Brings the line at an address to the L2 cache; any address will do. */
#if defined(__GNUC__)
#define PREFETCH(p) __builtin_prefetch(p, 0, 2)
#else
#define PREFETCH(p) ((void)(p))
#endif

#endif
