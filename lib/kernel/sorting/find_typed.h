/* Binary search of a sorted row in one type: included with T and NAME(x) defined. */

#ifndef IS_NAN
#define IS_NAN(x) ((x) != (x)) /* of integers, too */
#endif

/* NaN comes after all numbers. */
INLINE bool NAME(less)(T a, T b)
{
    return a < b || (IS_NAN(b) && !IS_NAN(a));
}

/* No branch depends on what is compared. */
INLINE int64_t NAME(find)(int64_t n, const T *a, T v, bool right)
{
    const T *from = a;
    if (n == 0)
        return 0;
    while (n > 1) {
        int64_t half = n / 2;
        bool behind = right ? !NAME(less)(v, from[half - 1]) : NAME(less)(from[half - 1], v);
        from += behind ? half : 0;
        n -= half;
    }
    return from - a + (right ? !NAME(less)(v, *from) : NAME(less)(*from, v));
}
