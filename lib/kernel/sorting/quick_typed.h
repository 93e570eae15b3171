/* Sorting of unsigned integers with vectors that can be compressed: quicksort down to a block, and
 * a bitonic network for that. Included by sorting_loops.c with T, LANES, LOG (LANES is 2^LOG), the
 * operations below on vectors VT of T, and NAME(x) defined. Equal keys are the same bits, so any
 * order of work gives the same result. */

/* In a block, number v + l * count is lane l of vector v: the network's near partners are in other
 * vectors, and only its far ones in other lanes. All loops here have constant bounds, once inlined,
 * so that vectors stay in registers. */

VECTOR void NAME(exchange)(VT *a, VT *b)
{
    VT low = MIN(*a, *b);
    *b = MAX(*a, *b);
    *a = low;
}

/* Lanes l and l ^ flip of a and b: the greater ones go where bit `high` of the lane is set. */
VECTOR void NAME(exchange_lanes)(VT *a, VT *b, int flip, int high)
{
    VT pa = PERMUTE(LANES_XOR(flip), *b), pb = PERMUTE(LANES_XOR(flip), *a);
    *a = MASK_MAX(MIN(*a, pa), LANES_WITH(high), *a, pa);
    *b = MASK_MAX(MIN(*b, pb), LANES_WITH(high), *b, pb);
}

/* Merges, in each lane, what is bitonic in runs of `run` vectors. */
VECTOR void NAME(halve)(VT *v, int count, int run)
{
#pragma GCC unroll 5
    for (int d = run / 2; d > 0; d /= 2)
#pragma GCC unroll 16
        for (int i = 0; i < count; i++)
            if (!(i & d))
                NAME(exchange)(&v[i], &v[i | d]);
}

VECTOR void NAME(network)(VT *v, int count)
{
#pragma GCC unroll 5
    for (int run = 2; run <= count; run *= 2) {
#pragma GCC unroll 16
        for (int i = 0; i < count; i++)
            if ((i ^ (run - 1)) > i)
                NAME(exchange)(&v[i], &v[i ^ (run - 1)]);
        NAME(halve)(v, count, run / 2);
    }
#pragma GCC unroll 4
    for (int k = 1; k <= LOG; k++) {
        const int high = 1 << (k - 1);
#pragma GCC unroll 8
        for (int i = 0; i < (count + 1) / 2; i++)
            NAME(exchange_lanes)(&v[i], &v[count - 1 - i], 2 * high - 1, high);
#pragma GCC unroll 4
        for (int d = high / 2; d > 0; d /= 2)
#pragma GCC unroll 16
            for (int i = 0; i < count; i++)
                NAME(exchange_lanes)(&v[i], &v[i], d, d);
        NAME(halve)(v, count, count);
    }
}

/* Vectors of columns become vectors of rows: each turn interleaves both halves of the block. */
VECTOR void NAME(turn)(VT *v, int count)
{
#pragma GCC unroll 5
    for (int run = 1; run < count; run *= 2) {
        VT t[QUICK_VECTORS];
#pragma GCC unroll 16
        for (int i = 0; i < count; i++)
            t[i] = v[i];
#pragma GCC unroll 8
        for (int i = 0; i < count / 2; i++) {
            v[2 * i] = INTERLEAVE_LOW(t[i], t[i + count / 2]);
            v[2 * i + 1] = INTERLEAVE_HIGH(t[i], t[i + count / 2]);
        }
    }
}

VECTOR MASK_T NAME(first)(int64_t n)
{
    return (MASK_T)(n >= LANES ? -1 : n <= 0 ? 0 : (1 << n) - 1);
}

/* n elements of a, at most count * LANES, sorted to b. */
VECTOR void NAME(block)(int64_t n, const T *a, T *b, int count)
{
    VT v[QUICK_VECTORS];
#pragma GCC unroll 16
    for (int i = 0; i < count; i++)
        v[i] = MASK_LOAD(ALL_ONES, NAME(first)(n - i * LANES), a + i * LANES);
    NAME(network)(v, count);
    NAME(turn)(v, count);
#pragma GCC unroll 16
    for (int i = 0; i < count; i++)
        MASK_STORE(b + i * LANES, NAME(first)(n - i * LANES), v[i]);
}

static void NAME(block1)(int64_t n, const T *a, T *b)
{
    NAME(block)(n, a, b, 1);
}

static void NAME(block4)(int64_t n, const T *a, T *b)
{
    NAME(block)(n, a, b, 4);
}

static void NAME(block8)(int64_t n, const T *a, T *b)
{
    NAME(block)(n, a, b, 8);
}

static void NAME(block16)(int64_t n, const T *a, T *b)
{
    NAME(block)(n, a, b, 16);
}

static void NAME(few)(int64_t n, const T *a, T *b)
{
    if (n <= LANES)
        NAME(block1)(n, a, b);
    else if (n <= 4 * LANES)
        NAME(block4)(n, a, b);
    else if (n <= 8 * LANES)
        NAME(block8)(n, a, b);
    else
        NAME(block16)(n, a, b);
}

/* Those below the pivot to the front of b, the others to its end; how many are below. What is not
 * yet read leaves as much room between them, so that whole vectors may be stored, of which the rest
 * is overwritten later: odd elements go first. */
static int64_t NAME(partition)(int64_t n, const T *a, T *b, T pivot)
{
    const VT p = ALL_OF(pivot);
    int64_t low = 0, high = n, odd = n % LANES;
    for (int64_t i = 0; i < odd; i++) {
        bool below = a[i] < pivot;
        b[below ? low : high - 1] = a[i];
        low += below;
        high -= !below;
    }
    for (int64_t i = odd; i < n; i += LANES) {
        VT x = LOAD(a + i);
        MASK_T below = LESS(x, p), rest = (MASK_T)~below;
        int64_t lows = __builtin_popcount(below);
        STORE(b + low, COMPRESS(below, x));
        low += lows;
        high -= LANES - lows;
        MASK_STORE(b + high, (MASK_T)((1u << (LANES - lows)) - 1), COMPRESS(rest, x));
    }
    return low;
}

static T NAME(middle)(int64_t n, const T *a)
{
    T sample[8 * LANES];
    int64_t count = n < QUICK_LONG ? LANES : 8 * LANES, step = n / count;
    for (int64_t i = 0; i < count; i++)
        sample[i] = a[i * step + step / 2];
    NAME(few)(count, sample, sample);
    return sample[count / 2];
}

/* The middle of the range of keys. False: all are equal. */
static bool NAME(range_middle)(int64_t n, const T *a, T *pivot)
{
    T least = a[0], most = a[0];
#pragma omp simd reduction(min : least) reduction(max : most)
    for (int64_t i = 0; i < n; i++) {
        least = a[i] < least ? a[i] : least;
        most = a[i] > most ? a[i] : most;
    }
    *pivot = (T)(least + (most - least) / 2 + 1);
    return least != most;
}

/* Partitions to b around the median of a sample; where that divides nothing, or has failed too
 * often, around the middle of the range, which takes at most as many steps as a key has bits. 0:
 * all are equal, and b is as it was. */
static int64_t NAME(split)(int64_t n, const void *from, void *to, int budget)
{
    const T *a = from;
    T *b = to, pivot;
    int64_t low = budget > 0 ? NAME(partition)(n, a, b, NAME(middle)(n, a)) : 0;
    if (low == 0 && NAME(range_middle)(n, a, &pivot))
        low = NAME(partition)(n, a, b, pivot);
    return low;
}

static void NAME(sort)(int64_t n, void *from, void *spare, void *to, int budget)
{
    T *a = from, *b = spare, *out = to;
    if (n <= QUICK_VECTORS * LANES) {
        NAME(few)(n, a, out);
        return;
    }
    int64_t low = NAME(split)(n, a, b, budget);
    if (low == 0) {
        if (out != a)
            memcpy(out, a, (size_t)n * sizeof *a);
        return;
    }
    NAME(sort)(low, b, a, out, budget - 1);
    NAME(sort)(n - low, b + low, a + low, out + low, budget - 1);
}

#undef T
#undef VT
#undef MASK_T
#undef LANES
#undef LOG
#undef MIN
#undef MAX
#undef MASK_MAX
#undef PERMUTE
#undef LANES_XOR
#undef LANES_WITH
#undef INTERLEAVE_LOW
#undef INTERLEAVE_HIGH
#undef ALL_ONES
#undef ALL_OF
#undef LOAD
#undef STORE
#undef MASK_LOAD
#undef MASK_STORE
#undef COMPRESS
#undef LESS
#undef NAME
