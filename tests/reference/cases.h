/* The rows of the file that CASES names (cases.def says what a row is): a function for each, and
 * the test `rows`, which runs them. What their expressions call is defined before this is included.
 */
#ifndef CASES
#error "CASES names the file"
#endif
#include "vectors.h"

#define WRITTEN(call) (w = tt_detach(tt_clone(x)), (call) == TT_OK ? w : NULL)
#define PART(k, call) ((call) < 0 ? NULL : out[k])

#define CASE(id, inputs, torch, ...)                                                               \
    static tt_tensor *case_##id(tt_tensor **in, const void *arg)                                   \
    {                                                                                              \
        tt_tensor *x = in[0], *y = in[1], *z = in[2], *w = in[3], *out[4] = {NULL};                \
        (void)arg, (void)x, (void)y, (void)z, (void)w, (void)out;                                  \
        return __VA_ARGS__;                                                                        \
    }
#define REDUCTION(id, inputs, torch, call, ...)                                                    \
    CASE(id##__all, inputs, torch, call(x, TT_ALL_AXES, __VA_ARGS__))                              \
    CASE(id##__0, inputs, torch, call(x, TT_AXES(0), __VA_ARGS__))                                 \
    CASE(id##__1, inputs, torch, call(x, TT_AXES(-2), __VA_ARGS__))                                \
    CASE(id##__2, inputs, torch, call(x, TT_AXES(2), __VA_ARGS__))                                 \
    CASE(id##__02, inputs, torch, call(x, TT_AXES(2, 0), __VA_ARGS__))
#include CASES

static const struct {
    const char *name;
    apply fn;
} cases[] = {
#define CASE(id, ...) {#id, case_##id},
#define REDUCTION(id, ...)                                                                         \
    CASE(id##__all, ) CASE(id##__0, ) CASE(id##__1, ) CASE(id##__2, ) CASE(id##__02, )
#include CASES
};

START_TEST(rows)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run_case(cases[i].name, cases[i].fn, NULL);
}
END_TEST

static void list_cases(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        list_case(cases[i].name);
}
