/* out = c ? a : b for elements of one size, with T and NAME(x) defined. Included by select_loops.c.
 */
static void NAME(where)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const int64_t s = (int64_t)sizeof(T);
    (void)arg;
    if (step[0] == s && step[1] == 1 && step[2] == s && step[3] == s) {
        T *out = (T *)(void *)ptr[0];
        const uint8_t *c = ROW(1, uint8_t);
        const T *a = ROW(2, T), *b = ROW(3, T);
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = c[i] ? a[i] : b[i];
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(T, i) = AT(uint8_t, 1, i) ? AT(T, 2, i) : AT(T, 3, i);
    }
}
