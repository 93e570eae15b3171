/* One matrix each: factors and solutions. For the type T, LAPACK's names LA, the names NAME, and
 * M for functions of libm. */
/* The upper triangle holds zeros where it is not the diagonal. */
static bool NAME(lower_finite)(const T *l, int64_t n)
{
    bool ok = true;
    for (int64_t i = 0; i < n * n; i++)
        ok = ok && isfinite(l[i]);
    return ok;
}

static void NAME(clear_upper)(T *l, int64_t n)
{
    for (int64_t j = 0; j < n; j++)
        memset(l + j * n, 0, (size_t)j * sizeof(T));
}

/* False: no memory. */
static bool NAME(factor)(const batch *b, int m, int n, T *a, int ld, int *pivot, int *info)
{
    if (b->alone)
        return blocked_lu(b->x, b->dtype, m, n, a, ld, pivot, info);
    blas_visit v = blas_begin();
    LA(getrf)(&m, &n, a, &ld, pivot, info);
    blas_end(v);
    return true;
}

static linalg_result NAME(cholesky)(const batch *b, const matrix *m, char *memory)
{
    int n = (int)m[0].rows, ld = (int)leading(n), info = 0;
    T *l = (T *)(void *)memory;
    if (n == 0)
        return linalg_fine;
    bool finite = matrix_load(b, m[1], l, ld);
    NAME(clear_upper)(l, n);
    /* the upper triangle is not read: what it holds may be anything */
    if (!finite && !NAME(lower_finite)(l, n))
        return linalg_not_finite;
    if (b->alone) {
        if (!blocked_cholesky(b->x, b->dtype, n, l, ld, &info))
            return no_memory;
        NAME(clear_upper)(l, n);
    } else {
        blas_visit v = blas_begin();
        LA(potrf)("L", &n, l, &ld, &info, 1);
        blas_end(v);
    }
    if (info > 0)
        return (linalg_result){LINALG_NOT_POSITIVE, 0, info};
    matrix_store(b, l, ld, m[0]);
    return linalg_fine;
}

static linalg_result NAME(solve)(const batch *b, const matrix *m, char *memory)
{
    parts p = {0, sizeof(T)};
    int n = (int)m[1].rows, k = (int)m[2].cols, ld = (int)leading(n), info = 0;
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)n * n));
    T *y = (T *)(void *)(memory + parts_add(&p, (int64_t)n * k));
    int *pivot = (int *)(void *)(memory + p.used);
    if (n == 0)
        return linalg_fine;
    if (!matrix_load(b, m[1], a, ld))
        return linalg_not_finite;
    matrix_load(b, m[2], y, ld);
    if (!NAME(factor)(b, n, n, a, ld, pivot, &info))
        return no_memory;
    if (info > 0)
        return (linalg_result){LINALG_SINGULAR, 0, info - 1};
    blocked_solve(b->x, b->dtype, n, k, a, ld, pivot, y, ld);
    matrix_store(b, y, ld, m[0]);
    return linalg_fine;
}

static linalg_result NAME(triangular)(const batch *b, const matrix *m, char *memory)
{
    const triangle t = ((const factor_arg *)b->arg)->t;
    parts p = {0, sizeof(T)};
    int n = (int)m[1].rows, k = (int)m[2].cols, ld = (int)leading(n);
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)n * n)), one = 1;
    T *y = (T *)(void *)(memory + parts_add(&p, (int64_t)n * k));
    if (n == 0 || k == 0)
        return linalg_fine;
    matrix_load(b, m[1], a, ld);
    matrix_load(b, m[2], y, ld);
    for (int i = 0; i < n && !t.unit; i++)
        if (a[(int64_t)i * ld + i] == 0)
            return (linalg_result){LINALG_SINGULAR, 0, i};
    blas_visit v = blas_begin();
    LA(trsm)
    ("L", t.upper ? "U" : "L", "N", t.unit ? "U" : "N", &n, &k, &one, a, &ld, y, &ld, 1, 1, 1, 1);
    blas_end(v);
    matrix_store(b, y, ld, m[0]);
    return linalg_fine;
}

/* r of the factors in a, with a diagonal that is not negative: what was negative is negated there,
 * and in q. */
static void NAME(split_qr)(int64_t m, int64_t k, int64_t n, const T *a, T *r, int64_t rows)
{
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < rows; i++)
            r[j * rows + i] = i > j || i >= k ? 0 : a[j * m + i];
    for (int64_t i = 0; i < smaller(k, n); i++)
        if (a[i * m + i] < 0)
            for (int64_t j = i; j < n; j++)
                r[j * rows + i] = -r[j * rows + i];
}

static linalg_result NAME(qr)(const batch *b, const matrix *m, char *memory)
{
    parts p = {0, sizeof(T)};
    int rows = (int)m[2].rows, n = (int)m[2].cols, k = rows < n ? rows : n, info = 0;
    int width = (int)m[0].cols, ld = (int)leading(rows);
    int lwork = (int)((const factor_arg *)b->arg)->lwork;
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)rows * larger(n, width)));
    T *tau = (T *)(void *)(memory + parts_add(&p, k));
    T *work = (T *)(void *)(memory + parts_add(&p, lwork));
    T *r = (T *)(void *)(memory + parts_add(&p, m[1].rows * n));
    if (!matrix_load(b, m[2], a, ld))
        return linalg_not_finite;
    blas_visit v = blas_begin();
    LA(geqrf)(&rows, &n, a, &ld, tau, work, &lwork, &info);
    blas_end(v);
    NAME(split_qr)(rows, k, n, a, r, m[1].rows);
    matrix_store(b, r, leading(m[1].rows), m[1]);
    for (int i = 0; i < k; i++) /* for below */
        r[i] = a[(int64_t)i * ld + i] < 0 ? -1 : 1;
    if (!m[0].data || width == 0)
        return linalg_fine;
    v = blas_begin();
    LA(orgqr)(&rows, &width, &k, a, &ld, tau, work, &lwork, &info);
    blas_end(v);
    for (int j = 0; j < k; j++)
        for (int i = 0; i < rows && r[j] < 0; i++)
            a[(int64_t)j * ld + i] = -a[(int64_t)j * ld + i];
    matrix_store(b, a, ld, m[0]);
    return linalg_fine;
}

static linalg_result NAME(lu)(const batch *b, const matrix *m, char *memory)
{
    parts p = {0, sizeof(T)};
    int rows = (int)m[3].rows, n = (int)m[3].cols, k = rows < n ? rows : n, info = 0;
    int ld = (int)leading(rows);
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)rows * n));
    T *part = (T *)(void *)(memory + parts_add(&p, (int64_t)k * larger(rows, n)));
    int *pivot = (int *)(void *)(memory + p.used), *order = pivot + k;
    if (!matrix_load(b, m[3], a, ld))
        return linalg_not_finite;
    if (k > 0 && !NAME(factor)(b, rows, n, a, ld, pivot, &info))
        return no_memory;
    for (int64_t j = 0; j < k; j++)
        for (int64_t i = 0; i < rows; i++)
            part[j * rows + i] = i > j ? a[j * ld + i] : i == j;
    matrix_store(b, part, ld, m[1]);
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < k; i++)
            part[j * k + i] = i <= j ? a[j * ld + i] : 0;
    matrix_store(b, part, leading(k), m[2]);
    order_of(pivot, k, rows, order);
    T *one = m[0].data;
    for (int64_t i = 0; one && i < rows; i++)
        for (int64_t j = 0; j < rows; j++)
            one[j * m[0].row + i * m[0].col] = order[i] == j;
    return linalg_fine;
}

static linalg_result NAME(det)(const batch *b, const matrix *m, char *memory)
{
    parts p = {0, sizeof(T)};
    int n = (int)m[2].rows, ld = (int)leading(n), info = 0;
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)n * n)), *sign = m[0].data, s = 1;
    int *pivot = (int *)(void *)(memory + p.used);
    T sum = 0, product = 1;
    int exponent = 0, e; /* of the product, which might leave T's range on the way */
    if (!matrix_load(b, m[2], a, ld))
        return linalg_not_finite;
    if (n > 0 && !NAME(factor)(b, n, n, a, ld, pivot, &info))
        return no_memory;
    for (int i = 0; i < n; i++) {
        T d = a[(int64_t)i * ld + i];
        product = M(frexp)(product * (pivot[i] == i + 1 ? d : -d), &e);
        exponent = (int)smaller(larger((int64_t)exponent + e, -FAR), FAR);
        if (pivot[i] != i + 1)
            s = -s;
        s = d < 0 ? -s : d == 0 ? 0 : s;
        sum += M(log)(M(fabs)(d));
    }
    *sign = m[1].data ? s : M(ldexp)(product, exponent);
    if (m[1].data)
        *(T *)m[1].data = s == 0 ? (T)-INFINITY : sum;
    return linalg_fine;
}
