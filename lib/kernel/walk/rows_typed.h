/* What a row of pointwise loops is made of: out = f(x), f(x, y) or f(x, y, z) for n elements.
 * Included once per pair of types, with T (of the operands), R (of the result) and NAME(x) defined.
 * A contiguous branch is what the compiler vectorises, others are for a repeated scalar, the last
 * one for any steps. f is a constant where these are inlined, and is inlined in turn. */

VECTOR void NAME(map1)(int64_t n, char *const *ptr, const int64_t *step, R (*f)(T))
{
    if (step[0] == (int64_t)sizeof(R) && step[1] == (int64_t)sizeof(T)) {
        R *out = (R *)(void *)ptr[0];
        const T *a = ROW(1, T);
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = f(a[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(R, i) = f(AT(T, 1, i));
    }
}

VECTOR void NAME(map2)(int64_t n, char *const *ptr, const int64_t *step, R (*f)(T, T))
{
    const int64_t s = (int64_t)sizeof(T);
    R *out = (R *)(void *)ptr[0];
    const T *a = ROW(1, T), *b = ROW(2, T);
    if (step[0] == (int64_t)sizeof(R) && step[1] == s && step[2] == s) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = f(a[i], b[i]);
    } else if (step[0] == (int64_t)sizeof(R) && step[1] == s && step[2] == 0) {
        const T y = n ? *b : 0;
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = f(a[i], y);
    } else if (step[0] == (int64_t)sizeof(R) && step[1] == 0 && step[2] == s) {
        const T x = n ? *a : 0;
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = f(x, b[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(R, i) = f(AT(T, 1, i), AT(T, 2, i));
    }
}

VECTOR void NAME(map3)(int64_t n, char *const *ptr, const int64_t *step, R (*f)(T, T, T))
{
    const int64_t s = (int64_t)sizeof(T);
    if (step[0] == (int64_t)sizeof(R) && step[1] == s && step[2] == s && step[3] == s) {
        R *out = (R *)(void *)ptr[0];
        const T *a = ROW(1, T), *b = ROW(2, T), *c = ROW(3, T);
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = f(a[i], b[i], c[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(R, i) = f(AT(T, 1, i), AT(T, 2, i), AT(T, 3, i));
    }
}
