/* One matrix each: singular values, eigenvalues, least squares. For the type T, LAPACK's names LA,
 * the names NAME, M for functions of libm; numbers that differ by a part of NEAR count as equal. */

/* Is the vector's largest element negative: the first of those that are as large. */
static bool NAME(points_down)(int64_t n, const T *v, int64_t step)
{
    T most = 0;
    for (int64_t i = 0; i < n; i++)
        most = M(fmax)(most, M(fabs)(v[i * step]));
    for (int64_t i = 0; i < n; i++)
        if (M(fabs)(v[i * step]) >= most * (1 - NEAR))
            return v[i * step] < 0;
    return false;
}

static void NAME(negate)(int64_t n, T *v, int64_t step)
{
    for (int64_t i = 0; i < n; i++)
        v[i * step] = -v[i * step];
}

static bool NAME(all_finite)(int64_t n, const T *v)
{
    bool ok = true;
    for (int64_t i = 0; i < n; i++)
        ok = ok && isfinite(v[i]);
    return ok;
}

/* By divide and conquer, and where that fails by the slower way. */
static linalg_result NAME(svd)(const batch *b, const matrix *m, char *memory)
{
    const spectral_arg *arg = b->arg;
    parts p = {0, sizeof(T)};
    bool vectors = arg->job != 'N';
    int rows = (int)m[3].rows, n = (int)m[3].cols, k = (int)arg->k, info = 0;
    int lwork = (int)arg->lwork, ld = (int)leading(rows), none = 1;
    int u_cols = !vectors ? 0 : arg->job == 'A' ? rows : k;
    int v_rows = !vectors ? 0 : arg->job == 'A' ? n : k, ldv = (int)leading(v_rows);
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)rows * n));
    T *s = (T *)(void *)(memory + parts_add(&p, k));
    T *u = (T *)(void *)(memory + parts_add(&p, (int64_t)rows * u_cols));
    T *vt = (T *)(void *)(memory + parts_add(&p, (int64_t)v_rows * n));
    T *work = (T *)(void *)(memory + parts_add(&p, lwork));
    int *iwork = (int *)(void *)(memory + p.used);
    if (!matrix_load(b, m[3], a, ld))
        return linalg_not_finite;
    if (k == 0) {
        for (int i = 0; i < rows * u_cols; i++)
            u[i] = i % (rows + 1) == 0;
        for (int i = 0; i < n * v_rows; i++)
            vt[i] = i % (n + 1) == 0;
    } else {
        blas_visit v = blas_begin();
        LA(gesdd)
        (&arg->job, &rows, &n, a, &ld, s, u, &ld, vt, vectors ? &ldv : &none, work, &lwork, iwork,
         &info, 1);
        if (info != 0 || !NAME(all_finite)(k, s)) {
            matrix_load(b, m[3], a, ld);
            LA(gesvd)
            (&arg->job, &arg->job, &rows, &n, a, &ld, s, u, &ld, vt, vectors ? &ldv : &none, work,
             &lwork, &info, 1, 1);
        }
        blas_end(v);
        if (info != 0 || !NAME(all_finite)(k, s))
            return not_converged;
    }
    for (int64_t i = 0; i < larger(u_cols, v_rows); i++) {
        const T *column = u + i * ld;
        if (i < u_cols ? NAME(points_down)(rows, column, 1) : NAME(points_down)(n, vt + i, ldv)) {
            if (i < u_cols)
                NAME(negate)(rows, u + i * ld, 1);
            if (i < v_rows && (i < k || i >= u_cols))
                NAME(negate)(n, vt + i, ldv);
        }
    }
    matrix_store_vector(b, s, m[0]);
    matrix_store(b, u, ld, m[1]);
    matrix_store(b, vt, ldv, m[2]);
    return linalg_fine;
}

static linalg_result NAME(eigh)(const batch *b, const matrix *m, char *memory)
{
    const spectral_arg *arg = b->arg;
    parts p = {0, sizeof(T)};
    int n = (int)m[2].rows, ld = (int)leading(n), info = 0;
    int lwork = (int)arg->lwork, liwork = (int)arg->liwork;
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)n * n));
    T *w = (T *)(void *)(memory + parts_add(&p, n));
    T *work = (T *)(void *)(memory + parts_add(&p, lwork));
    int *iwork = (int *)(void *)(memory + p.used);
    if (n == 0)
        return linalg_fine;
    if (!matrix_load(b, m[2], a, ld)) {
        for (int j = 1; j < n; j++) /* what the upper triangle holds does not matter */
            memset(a + (size_t)j * (size_t)ld, 0, (size_t)j * sizeof(T));
        if (!NAME(all_finite)((int64_t)n * n, a))
            return linalg_not_finite;
    }
    blas_visit v = blas_begin();
    LA(syevd)(&arg->job, "L", &n, a, &ld, w, work, &lwork, iwork, &liwork, &info, 1, 1);
    blas_end(v);
    if (info != 0)
        return not_converged;
    matrix_store_vector(b, w, m[0]);
    for (int64_t i = 0; i < n && m[1].data; i++)
        if (NAME(points_down)(n, a + i * ld, 1))
            NAME(negate)(n, a + i * ld, 1);
    matrix_store(b, a, ld, m[1]);
    return linalg_fine;
}

/* The order of eigenvalues: by real part, of conjugate pairs the one with the negative imaginary
 * part first. LAPACK leaves pairs side by side, and equal real parts of pairs are equal bits. */
static void NAME(sort_values)(int64_t n, const T *re, const T *im, int *order)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t j = i;
        for (; j > 0; j--) {
            int at = order[j - 1];
            if (re[at] < re[i] || (re[at] == re[i] && im[at] <= im[i]))
                break;
            order[j] = order[j - 1];
        }
        order[j] = (int)i;
    }
}

/* The vector of norm 1 whose largest element is real and positive. */
static void NAME(fix_phase)(int64_t n, T *re, T *im)
{
    T most = 0, norm = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++) {
        most = M(fmax)(most, M(hypot)(re[i], im[i]));
        norm = M(hypot)(norm, M(hypot)(re[i], im[i]));
    }
    while (at < n - 1 && M(hypot)(re[at], im[at]) < most * (1 - NEAR))
        at++;
    T size = M(hypot)(re[at], im[at]) * norm, c = re[at] / size, s = -im[at] / size;
    for (int64_t i = 0; i < n; i++) {
        T x = re[i], y = im[i];
        re[i] = x * c - y * s;
        im[i] = x * s + y * c;
    }
    im[at] = 0;
}

/* Column i of what geev gives, which has the real and the imaginary part of a pair's first vector
 * side by side. */
static void NAME(vector_of)(int64_t n, int64_t i, const T *wi, const T *packed, T *re, T *im)
{
    const T *first = packed + (wi[i] < 0 ? i - 1 : i) * n;
    for (int64_t j = 0; j < n; j++) {
        re[j] = first[j];
        im[j] = wi[i] == 0 ? 0 : wi[i] > 0 ? first[n + j] : -first[n + j];
    }
}

static linalg_result NAME(eig)(const batch *b, const matrix *m, char *memory)
{
    const spectral_arg *arg = b->arg;
    parts p = {0, sizeof(T)};
    int n = (int)m[4].rows, ld = (int)leading(n), lwork = (int)arg->lwork, info = 0, one = 1;
    int64_t all = arg->job == 'V' ? (int64_t)n * n : 0;
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)n * n));
    T *w = (T *)(void *)(memory + parts_add(&p, 3 * (int64_t)n)), *wi = w + n, *sorted = wi + n;
    T *packed = (T *)(void *)(memory + parts_add(&p, all));
    T *re = (T *)(void *)(memory + parts_add(&p, all));
    T *im = (T *)(void *)(memory + parts_add(&p, all));
    T *work = (T *)(void *)(memory + parts_add(&p, lwork));
    int *order = (int *)(void *)(memory + p.used);
    if (n == 0)
        return linalg_fine;
    if (!matrix_load(b, m[4], a, ld))
        return linalg_not_finite;
    blas_visit v = blas_begin();
    LA(geev)("N", &arg->job, &n, a, &ld, w, wi, NULL, &one, packed, &ld, work, &lwork, &info, 1, 1);
    blas_end(v);
    if (info != 0)
        return not_converged;
    NAME(sort_values)(n, w, wi, order);
    for (int i = 0; i < n; i++)
        sorted[i] = w[order[i]];
    matrix_store_vector(b, sorted, m[0]);
    for (int i = 0; i < n; i++)
        sorted[i] = wi[order[i]];
    matrix_store_vector(b, sorted, m[1]);
    for (int64_t i = 0; i < n && all; i++) {
        NAME(vector_of)(n, order[i], wi, packed, re + i * n, im + i * n);
        NAME(fix_phase)(n, re + i * n, im + i * n);
    }
    matrix_store(b, re, ld, m[2]);
    matrix_store(b, im, ld, m[3]);
    return linalg_fine;
}

static linalg_result NAME(lstsq)(const batch *b, const matrix *m, char *memory)
{
    const spectral_arg *arg = b->arg;
    parts p = {0, sizeof(T)};
    int rows = (int)m[1].rows, n = (int)m[1].cols, k = (int)m[2].cols, info = 0, rank = 0;
    int ld = (int)leading(rows), ldb = (int)leading(larger(rows, n)), lwork = (int)arg->lwork;
    T rcond = (T)arg->rcond;
    T *a = (T *)(void *)(memory + parts_add(&p, (int64_t)rows * n));
    T *y = (T *)(void *)(memory + parts_add(&p, (int64_t)ldb * k));
    T *s = (T *)(void *)(memory + parts_add(&p, arg->k));
    T *work = (T *)(void *)(memory + parts_add(&p, lwork));
    int *iwork = (int *)(void *)(memory + p.used);
    if (!matrix_load(b, m[1], a, ld))
        return linalg_not_finite;
    for (int64_t i = 0; i < (int64_t)ldb * k; i++)
        y[i] = 0;
    if (!matrix_load(b, m[2], y, ldb))
        return (linalg_result){LINALG_NOT_FINITE, 0, 1};
    if (rows > 0 && n > 0 && k > 0) {
        blas_visit v = blas_begin();
        LA(gelsd)(&rows, &n, &k, a, &ld, y, &ldb, s, &rcond, &rank, work, &lwork, iwork, &info);
        blas_end(v);
    }
    if (info != 0)
        return not_converged;
    matrix_store(b, y, ldb, m[0]);
    return linalg_fine;
}
