/* Copies and fills of elements of one size, with T and NAME(x) defined. Included by copy_loops.c.
 */

static void NAME(move)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    (void)arg;
    if (step[0] == (int64_t)sizeof(T) && step[1] == (int64_t)sizeof(T)) {
        memcpy(ptr[0], ptr[1], (size_t)n * sizeof(T));
    } else if (step[0] == (int64_t)sizeof(T) && step[1] == 0) {
        T *out = (T *)(void *)ptr[0];
        const T v = *ROW(1, T);
        for (int64_t i = 0; i < n; i++)
            out[i] = v;
    } else {
        int64_t i = 0;
        for (; i + 4 <= n; i += 4) { /* by fours, or the counting costs more than the moving */
            const T a = AT(T, 1, i), b = AT(T, 1, i + 1), c = AT(T, 1, i + 2), d = AT(T, 1, i + 3);
            PUT(T, i) = a;
            PUT(T, i + 1) = b;
            PUT(T, i + 2) = c;
            PUT(T, i + 3) = d;
        }
        for (; i < n; i++)
            PUT(T, i) = AT(T, 1, i);
    }
}

static void NAME(fill)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const T v = *(const T *)arg;
    if (step[0] == (int64_t)sizeof(T)) {
        T *out = (T *)(void *)ptr[0];
        for (int64_t i = 0; i < n; i++)
            out[i] = v;
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(T, i) = v;
    }
}
