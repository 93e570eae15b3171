/* What softmax and the losses need of a row: its maximum and sums of exponentials. Included once
 * per type, with T and NAME(x) defined. Sums run in LANES partial sums over at most BLOCK elements,
 * whose results the callers add in double. Tails are padded with -inf, which changes neither a
 * maximum nor a sum of exponentials. */

VECTOR T NAME(larger)(T a, T b)
{
    return b > a ? b : a; /* no NaN wins: the sum will see to that */
}

/* The upper half of 2 w lanes joined into the lower. */
VECTOR void NAME(larger_half)(int w, T *lane)
{
    for (int l = 0; l < w; l++)
        lane[l] = NAME(larger)(lane[l], lane[l + w]);
}

VECTOR void NAME(add_half)(int w, T *lane)
{
    for (int l = 0; l < w; l++)
        lane[l] += lane[l + w];
}

VECTOR T NAME(fold_max)(T *lane)
{
    NAME(larger_half)(16, lane);
    NAME(larger_half)(8, lane);
    NAME(larger_half)(4, lane);
    NAME(larger_half)(2, lane);
    NAME(larger_half)(1, lane);
    return lane[0];
}

VECTOR T NAME(fold_sum)(T *lane)
{
    NAME(add_half)(16, lane);
    NAME(add_half)(8, lane);
    NAME(add_half)(4, lane);
    NAME(add_half)(2, lane);
    NAME(add_half)(1, lane);
    return lane[0];
}

static void NAME(pad)(int64_t n, const T *x, T *rest)
{
    for (int l = 0; l < LANES; l++)
        rest[l] = -(T)INFINITY;
    memcpy(rest, x, (size_t)n * sizeof *x);
}

static T NAME(row_max)(int64_t n, const T *x)
{
    T lane[LANES], rest[LANES];
    int64_t i = 0;
    for (int l = 0; l < LANES; l++)
        lane[l] = -(T)INFINITY;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] = NAME(larger)(lane[l], x[i + l]);
    if (i < n) {
        NAME(pad)(n - i, x + i, rest);
        for (int l = 0; l < LANES; l++)
            lane[l] = NAME(larger)(lane[l], rest[l]);
    }
    return NAME(fold_max)(lane);
}

/* sum of exp(x - m) over at most a block */
static T NAME(sum_exp)(int64_t n, const T *x, T m)
{
    T lane[LANES] = {0}, rest[LANES];
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] += NAME(exp)(x[i + l] - m);
    if (i < n) {
        NAME(pad)(n - i, x + i, rest);
        for (int l = 0; l < LANES; l++)
            lane[l] += NAME(exp)(rest[l] - m);
    }
    return NAME(fold_sum)(lane);
}
