/* Factors by halves, for the type T of DTYPE, LAPACK's names LA. */

/* The exchanges of rows of the left columns in those on the right, which then become l^-1 b. */
static void NAME(exchange_some)(int64_t begin, int64_t end, void *arg)
{
    const sides *s = arg;
    int64_t from = begin * PIECE, to = smaller(end * PIECE, s->k);
    int n = (int)s->n, k = (int)(to - from), ld = (int)s->ld, ldb = (int)s->ldb, first = 1, one = 1;
    T *b = (T *)s->b + from * s->ldb, factor = 1;
    blas_visit v = blas_begin();
    LA(laswp)(&k, b, &ldb, &first, &n, s->pivot, &one);
    LA(trsm)("L", "L", "N", "U", &n, &k, &factor, s->a, &ld, b, &ldb, 1, 1, 1, 1);
    blas_end(v);
}

static void NAME(solve_some)(int64_t begin, int64_t end, void *arg)
{
    const sides *s = arg;
    int64_t from = begin * PIECE, to = smaller(end * PIECE, s->k);
    int n = (int)s->n, k = (int)(to - from), ld = (int)s->ld, ldb = (int)s->ldb, info;
    blas_visit v = blas_begin();
    LA(getrs)("N", &n, &k, s->a, &ld, s->pivot, (T *)s->b + from * s->ldb, &ldb, &info, 1);
    blas_end(v);
}

/* Rows b of what becomes b l^-T. */
static void NAME(divide_some)(int64_t begin, int64_t end, void *arg)
{
    const sides *s = arg;
    int64_t from = begin * PIECE, to = smaller(end * PIECE, s->k);
    int n = (int)s->n, k = (int)(to - from), ld = (int)s->ld, ldb = (int)s->ldb;
    T factor = 1;
    blas_visit v = blas_begin();
    LA(trsm)("R", "L", "T", "N", &k, &n, &factor, s->a, &ld, (T *)s->b + from, &ldb, 1, 1, 1, 1);
    blas_end(v);
}

static void NAME(exchange)(int64_t n, T *a, int64_t ld, int64_t first, int64_t last, int *pivot)
{
    int cols = (int)n, step = (int)ld, from = (int)first, to = (int)last, one = 1;
    blas_visit v = blas_begin();
    LA(laswp)(&cols, a, &step, &from, &to, pivot, &one);
    blas_end(v);
}

static bool NAME(lu)(const exec *x, int64_t m, int64_t n, T *a, int64_t ld, int *pivot, int *info)
{
    int64_t k = smaller(m, n), left = (k / 2 + NARROW - 1) / NARROW * NARROW;
    int64_t right = n - left, below = m - left;
    if (k <= NARROW || left >= n || left >= m) {
        int rows = (int)m, cols = (int)n, step = (int)ld, own = 0;
        blas_visit v = blas_begin();
        LA(getrf)(&rows, &cols, a, &step, pivot, &own);
        blas_end(v);
        *info = own;
        return true;
    }
    T *b = a + left * ld, *rest = b + left;
    int own = 0;
    if (!NAME(lu)(x, m, left, a, ld, pivot, info))
        return false;
    sides s = {left, right, ld, ld, a, b, pivot};
    parallel_for(x, pieces(right), 1, NAME(exchange_some), &s);
    if (!take_off(x, DTYPE, (int64_t[]){below, right, left}, a + left, b, false, rest, ld) ||
        !NAME(lu)(x, below, right, rest, ld, pivot + left, &own))
        return false;
    if (*info == 0 && own > 0)
        *info = own + (int)left;
    for (int64_t i = left; i < k; i++)
        pivot[i] += (int)left;
    NAME(exchange)(left, a, ld, left + 1, k, pivot);
    return true;
}

/* The lower triangle of c (n n) -= a a^T, a (n k). */
static bool NAME(take_square_off)(const exec *x, int64_t n, int64_t k, const T *a, T *c, int64_t ld)
{
    int64_t half = (n / 2 + NARROW - 1) / NARROW * NARROW;
    if (n <= 4 * NARROW)
        return take_off(x, DTYPE, (int64_t[]){n, n, k}, a, a, true, c, ld);
    return NAME(take_square_off)(x, half, k, a, c, ld) &&
           take_off(x, DTYPE, (int64_t[]){n - half, half, k}, a + half, a, true, c + half, ld) &&
           NAME(take_square_off)(x, n - half, k, a + half, c + half * ld + half, ld);
}

static bool NAME(cholesky)(const exec *x, int64_t n, T *a, int64_t ld, int *info)
{
    int64_t half = (n / 2 + NARROW - 1) / NARROW * NARROW;
    if (n <= 2 * NARROW) {
        int rows = (int)n, step = (int)ld;
        blas_visit v = blas_begin();
        LA(potrf)("L", &rows, a, &step, info, 1);
        blas_end(v);
        return true;
    }
    T *rest = a + half * ld + half;
    if (!NAME(cholesky)(x, half, a, ld, info))
        return false;
    if (*info)
        return true;
    sides s = {half, n - half, ld, ld, a, a + half, NULL};
    parallel_for(x, pieces(n - half), 1, NAME(divide_some), &s);
    if (!NAME(take_square_off)(x, n - half, half, a + half, rest, ld) ||
        !NAME(cholesky)(x, n - half, rest, ld, info))
        return false;
    if (*info)
        *info += (int)half;
    return true;
}
