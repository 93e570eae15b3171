/* A cast from T to R, with WIDE(v), a T as the wide type, NARROW(w), the last step to R, and
 * NAME(x) defined. Included by cast_typed.h, which see. */

VECTOR R NAME(of)(T v)
{
    return NARROW(WIDE(v));
}

static void NAME(cast)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    (void)arg;
    if (step[0] == (int64_t)sizeof(R) && step[1] == (int64_t)sizeof(T)) {
        R *out = (R *)(void *)ptr[0];
        const T *a = ROW(1, T);
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = NAME(of)(a[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(R, i) = NAME(of)(AT(T, 1, i));
    }
}

#undef R
#undef NAME
#undef NARROW
