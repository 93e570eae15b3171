/* One line of overlap.c: included by it with T and NAME(x) defined. Steps are in elements. */

static void NAME(add)(int64_t n, char *into, int64_t is, const char *src, int64_t ss)
{
    T *to = (T *)(void *)into;
    const T *from = (const T *)(const void *)src;
    if (is == 1 && ss == 1) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            to[i] += from[i];
    } else if (is == 0) {
        T sum = *to;
        for (int64_t i = 0; i < n; i++)
            sum += from[i * ss];
        *to = sum;
    } else {
        for (int64_t i = 0; i < n; i++)
            to[i * is] += from[i * ss];
    }
}
