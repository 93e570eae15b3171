/* Elements of the operands of a loop_fn: ptr and step are its arguments, the result is the first.
 * The rows of loops themselves are in rows_typed.h. */
#ifndef TT_KERNEL_ROWS_H
#define TT_KERNEL_ROWS_H

#include "kernel/isa/isa.h"

#define AT(T, k, i) (*(const T *)(const void *)(ptr[k] + (i)*step[k]))
#define PUT(T, i)   (*(T *)(void *)(ptr[0] + (i)*step[0]))
#define ROW(k, T)   ((const T *)(const void *)ptr[k])
#define WRAP(u)     ((int64_t)(u))

/* The loop_fn of a row that takes no numbers: f of each element, by map1, map2 or map3. */
#define ROW_LOOP(loop, map, f)                                                                     \
    static void NAME(loop)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)      \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map)(n, ptr, step, NAME(f));                                                          \
    }

#endif
