/* Keys of one type: included by sorting_loops.c with T, the unsigned type of an element's bits; K,
 * that of its key; P, of a key with its place, and PAIR(k, i), KEY(p) and PLACE(p) of it; SIGN, the
 * bit that is turned over (0 for unsigned integers); MASK, the bits of a key that are used; INF,
 * the bits of infinity, or MASK for integers; and NAME(x) defined. */

#define IS_FLOAT (INF != MASK)

VECTOR bool NAME(is_nan)(T v)
{
    return (K)(v & ~SIGN & MASK) > INF;
}

/* turn: MASK for descending order, else 0. Negative floats have all their bits turned over. */
VECTOR K NAME(key)(T v, K turn)
{
    K b = (K)v;
    if (!IS_FLOAT)
        return (b ^ SIGN) ^ turn;
    b = b == SIGN ? 0 : b;
    K sign = b & SIGN;
    b ^= SIGN | (sign - (sign != 0)); /* all bits or the sign, without a branch */
    return NAME(is_nan)(v) ? MASK : b ^ turn;
}

VECTOR T NAME(value)(K k, K turn)
{
    k ^= turn;
    return (T)(!IS_FLOAT || k & SIGN ? k ^ SIGN : ~k);
}

static void NAME(look)(int64_t n, const void *in, bool descending, key_facts *f)
{
    const T *x = in;
    K any = 0, all = MASK, largest = 0, zero = MASK, turn = descending ? MASK : 0;
#pragma omp simd reduction(| : any) reduction(& : all) reduction(max : largest) reduction(min : zero)
    for (int64_t i = 0; i < n; i++) {
        K k = NAME(key)(x[i], turn);
        any |= k;
        all &= k;
        K size = x[i] & ~SIGN & MASK, from_zero = x[i] ^ SIGN;
        largest = size > largest ? size : largest;
        zero = from_zero < zero ? from_zero : zero; /* 0 for -0 */
    }
    bool sorted = true;
    for (int64_t i = 1; sorted && i < n; i += KEY_BLOCK) { /* most often the first block says no */
        int64_t end = n - i < KEY_BLOCK ? n : i + KEY_BLOCK;
        K falls = 0;
#pragma omp simd reduction(| : falls)
        for (int64_t j = i; j < end; j++)
            falls |= NAME(key)(x[j], turn) < NAME(key)(x[j - 1], turn);
        sorted = !falls;
    }
    *f = (key_facts){all, any, sorted, IS_FLOAT && (largest > INF || zero == 0)};
}

static void NAME(keys)(int64_t n, const void *in, bool descending, void *out)
{
    const T *restrict x = in;
    K *restrict keys = out, turn = descending ? MASK : 0;
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        keys[i] = NAME(key)(x[i], turn);
}

static void NAME(pairs)(int64_t n, const void *in, int64_t first, bool descending, void *out)
{
    const T *restrict x = in;
    P *restrict pairs = out;
    K turn = descending ? MASK : 0;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        uint64_t at = (uint64_t)(first + i);
        pairs[i] = PAIR(NAME(key)(x[i], turn), at);
    }
}

static void NAME(values_of_keys)(int64_t n, const void *in, bool descending, void *out)
{
    const K *restrict keys = in;
    T *restrict y = out;
    K turn = descending ? MASK : 0;
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        y[i] = NAME(value)(keys[i], turn);
}

static void NAME(values_of_pairs)(int64_t n, const void *in, bool descending, void *out)
{
    const P *restrict pairs = in;
    T *restrict y = out;
    K turn = descending ? MASK : 0;
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        y[i] = NAME(value)((K)KEY(pairs[i]), turn);
}

static void NAME(places)(int64_t n, const void *in, int64_t *restrict out)
{
    const P *restrict pairs = in;
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        out[i] = (int64_t)PLACE(pairs[i]);
}

static void NAME(restore)(int64_t n, const void *in, void *out)
{
    const T *x = in;
    T *y = out;
    int64_t zero = 0, nan = 0;
    if (!IS_FLOAT)
        return;
    while (zero < n && (K)(y[zero] & ~SIGN & MASK) != 0)
        zero++;
    while (nan < n && !NAME(is_nan)(y[nan]))
        nan++;
    for (int64_t i = 0; i < n; i++) {
        if ((K)(x[i] & ~SIGN & MASK) == 0)
            y[zero++] = x[i];
        else if (NAME(is_nan)(x[i]))
            y[nan++] = x[i];
    }
}

static int64_t NAME(better)(int64_t n, const void *in, bool descending, uint64_t limit)
{
    const T *x = in;
    K turn = descending ? MASK : 0, least = (K)limit;
    for (int64_t i = 0; i < n; i += KEY_BLOCK) {
        int64_t end = n - i < KEY_BLOCK ? n : i + KEY_BLOCK;
        K found = 0;
#pragma omp simd reduction(| : found)
        for (int64_t j = i; j < end; j++)
            found |= NAME(key)(x[j], turn) < least;
        if (found)
            return i;
    }
    return n;
}

VECTOR bool NAME(differ)(T a, T b)
{
    return NAME(key)(a, 0) != NAME(key)(b, 0);
}

static int64_t NAME(count_groups)(int64_t n, const void *sorted)
{
    const T *x = sorted;
    int64_t count = n > 0;
#pragma omp simd reduction(+ : count)
    for (int64_t i = 1; i < n; i++)
        count += NAME(differ)(x[i - 1], x[i]);
    return count;
}

/* From the end, so that what is written last for a group, without asking, is its first element. */
static void NAME(groups)(int64_t n, const void *sorted, int64_t count, void *first, int64_t *at)
{
    const T *x = sorted;
    T *y = first;
    for (int64_t i = n - 1, k = count; i >= 0; i--) {
        k -= i == n - 1 || NAME(differ)(x[i], x[i + 1]);
        if (y)
            y[k] = x[i];
        if (at)
            at[k] = i;
    }
}

#undef IS_FLOAT
#undef T
#undef SIGN
#undef MASK
#undef INF
#undef NAME
