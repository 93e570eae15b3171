/* clamp, axpy and isclose for one type, with T, U (in which integers wrap around) and NAME(x)
 * defined. Included by select_loops.c. */

static void NAME(clamp)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const T lo = ((const T *)arg)[0], hi = ((const T *)arg)[1];
    for (int64_t i = 0; i < n; i++) {
        T x = AT(T, 1, i);
        x = x < lo ? lo : x;
        PUT(T, i) = x > hi ? hi : x;
    }
}

/* y + a x */
VECTOR T NAME(axpy_of)(T y, T a, T x)
{
    return (T)((U)y + (U)a * (U)x);
}

static void NAME(axpy)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const T a = *(const T *)arg;
    if (step[0] == (int64_t)sizeof(T) && step[1] == (int64_t)sizeof(T)) {
        T *y = (T *)(void *)ptr[0];
        const T *x = ROW(1, T);
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            y[i] = NAME(axpy_of)(y[i], a, x[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(T, i) = NAME(axpy_of)(PUT(T, i), a, AT(T, 1, i));
    }
}

static void NAME(isclose)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const isclose_args *t = arg;
    for (int64_t i = 0; i < n; i++) {
        const double a = (double)AT(T, 1, i), b = (double)AT(T, 2, i);
        bool finite = a - a == 0 && b - b == 0;
        bool near = !(fabs(a - b) > t->atol + t->rtol * fabs(b)); /* inf times 0 takes all */
        PUT(uint8_t, i) = a == b || (finite && near) || (t->equal_nan && a != a && b != b);
    }
}
