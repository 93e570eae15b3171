/* What select_loops.c has for floats alone: lerp and nan_to_num, with T, NAME(x) and the rows of
 * rows_typed.h defined. */

/* Where b - a is infinite, though a and b need not be: the ends, and a mean of the two. */
VECTOR T NAME(lerp_far)(T a, T b, T w)
{
    const T inside = (1 - w) * a + w * b;
    return w == 0 ? a : w == 1 ? b : inside;
}

VECTOR T NAME(lerp_of)(T a, T b, T w)
{
    const T d = b - a, near = w < (T)0.5 ? a + w * d : b - (1 - w) * d;
    return d - d != 0 && d == d ? NAME(lerp_far)(a, b, w) : near;
}

static void NAME(lerp)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    (void)arg;
    NAME(map3)(n, ptr, step, NAME(lerp_of));
}

static void NAME(nan_to_num)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const T *to = arg;
    for (int64_t i = 0; i < n; i++) {
        const T x = AT(T, 1, i);
        PUT(T, i) = x != x ? to[0] : x - x == 0 ? x : x > 0 ? to[1] : to[2];
    }
}
