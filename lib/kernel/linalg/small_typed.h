/* Small matrices side by side, for the type T with functions M of libm. Loops over lanes have one
 * length, and are turned into vectors; choices are made lane by lane, without branches. */
#define LANES          _Pragma("omp simd") for (int l = 0; l < SMALL_LANES; l++)
#define AT(m, i, j, n) ((m) + ((i) * (n) + (j)) * SMALL_LANES)

/* Of column c the row from c on with the largest element; bad where that is zero. */
static void NAME(find_pivot)(int64_t n, int64_t c, const T *a, T *restrict row, T *restrict bad)
{
    T most[SMALL_LANES];
    const T *d = AT(a, c, c, n);
    LANES
    {
        most[l] = M(fabs)(d[l]);
        row[l] = (T)c;
    }
    for (int64_t r = c + 1; r < n; r++) {
        const T *x = AT(a, r, c, n);
        LANES
        {
            T v = M(fabs)(x[l]);
            row[l] = v > most[l] ? (T)r : row[l];
            most[l] = v > most[l] ? v : most[l];
        }
    }
    LANES bad[l] = bad[l] < 0 && most[l] == 0 ? (T)c : bad[l];
}

/* Exchanges elements where the lane's pivot is row r. */
static void NAME(exchange)(int64_t r, const T *row, T *restrict x, T *restrict y)
{
    LANES
    {
        bool here = row[l] == (T)r;
        T u = x[l], v = y[l];
        x[l] = here ? v : u;
        y[l] = here ? u : v;
    }
}

static void NAME(take_off)(const T *f, const T *restrict x, T *restrict y)
{
    LANES y[l] -= f[l] * x[l];
}

static void NAME(solve)(int64_t n, int64_t k, void *av, void *bv, void *badv)
{
    T *a = av, *b = bv, *bad = badv;
    T row[SMALL_LANES], f[SMALL_LANES];
    LANES bad[l] = -1;
    for (int64_t c = 0; c < n; c++) {
        NAME(find_pivot)(n, c, a, row, bad);
        for (int64_t r = c + 1; r < n; r++) {
            for (int64_t j = c; j < n; j++)
                NAME(exchange)(r, row, AT(a, c, j, n), AT(a, r, j, n));
            for (int64_t j = 0; j < k; j++)
                NAME(exchange)(r, row, AT(b, c, j, k), AT(b, r, j, k));
        }
        const T *d = AT(a, c, c, n);
        for (int64_t r = c + 1; r < n; r++) {
            const T *x = AT(a, r, c, n);
            LANES f[l] = x[l] / d[l];
            for (int64_t j = c + 1; j < n; j++)
                NAME(take_off)(f, AT(a, c, j, n), AT(a, r, j, n));
            for (int64_t j = 0; j < k; j++)
                NAME(take_off)(f, AT(b, c, j, k), AT(b, r, j, k));
        }
    }
    for (int64_t c = n - 1; c >= 0; c--)
        for (int64_t j = 0; j < k; j++) {
            T *y = AT(b, c, j, k);
            const T *d = AT(a, c, c, n);
            for (int64_t i = c + 1; i < n; i++)
                NAME(take_off)(AT(a, c, i, n), AT(b, i, j, k), y);
            LANES y[l] /= d[l];
        }
}

/* c, s of the rotation that makes a[p][q] zero, which it becomes, and what it makes of a[p][p] and
 * a[q][q]; none in lanes that are done. */
static void NAME(rotation)(T *restrict pp, T *restrict qq, T *restrict pq, const T *busy,
                           T *restrict c, T *restrict s)
{
    LANES
    {
        bool none = pq[l] == 0 || busy[l] == 0;
        T x = none ? 0 : pq[l], theta = (qq[l] - pp[l]) / (2 * (none ? 1 : x));
        T root = M(fabs)(theta) + M(sqrt)(theta * theta + 1);
        T t = none ? 0 : M(copysign)(1, theta) / root;
        c[l] = 1 / M(sqrt)(t * t + 1);
        s[l] = t * c[l];
        pp[l] -= t * x;
        qq[l] += t * x;
        pq[l] -= x;
    }
}

static void NAME(rotate)(const T *c, const T *s, T *restrict x, T *restrict y)
{
    LANES
    {
        T u = x[l], v = y[l];
        x[l] = c[l] * u - s[l] * v;
        y[l] = s[l] * u + c[l] * v;
    }
}

/* Of a the upper triangle is kept. */
static void NAME(sweep)(int64_t n, T *a, T *v, const T *busy)
{
    T c[SMALL_LANES], s[SMALL_LANES];
    for (int64_t p = 0; p < n - 1; p++)
        for (int64_t q = p + 1; q < n; q++) {
            NAME(rotation)(AT(a, p, p, n), AT(a, q, q, n), AT(a, p, q, n), busy, c, s);
            for (int64_t i = 0; i < p; i++)
                NAME(rotate)(c, s, AT(a, i, p, n), AT(a, i, q, n));
            for (int64_t i = p + 1; i < q; i++)
                NAME(rotate)(c, s, AT(a, p, i, n), AT(a, i, q, n));
            for (int64_t i = q + 1; i < n; i++)
                NAME(rotate)(c, s, AT(a, p, i, n), AT(a, q, i, n));
            for (int64_t i = 0; i < n && v; i++)
                NAME(rotate)(c, s, AT(v, i, p, n), AT(v, i, q, n));
        }
}

/* Which lanes still have something beside the diagonal; are there any. What is negligible becomes
 * zero, before it shrinks to numbers that processors are slow with. */
static bool NAME(find_busy)(int64_t n, T *a, const T *most, T *restrict busy)
{
    T any = 0, off[SMALL_LANES] = {0};
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n; j++) {
            T *x = AT(a, i, j, n);
            LANES x[l] = M(fabs)(x[l]) > most[l] * (EPS / 16) ? x[l] : 0;
            LANES off[l] = M(fabs)(x[l]) > off[l] ? M(fabs)(x[l]) : off[l];
        }
    LANES busy[l] = off[l] > 0 ? 1 : 0;
    for (int l = 0; l < SMALL_LANES; l++)
        any += busy[l];
    return any > 0;
}

/* What brings a lane's elements away from the ends of T's range: a power of two, mostly 1. */
static void NAME(scale_of)(const T *most, T *restrict up, T *restrict down)
{
    LANES
    {
        bool large = most[l] > LARGE, tiny = most[l] < 1 / LARGE;
        up[l] = large ? 1 / STEP : tiny ? STEP : 1;
        down[l] = large ? STEP : tiny ? 1 / STEP : 1;
    }
}

static bool NAME(jacobi)(int64_t n, void *av, void *vv)
{
    T *a = av, *v = vv, busy[SMALL_LANES], most[SMALL_LANES] = {0};
    T up[SMALL_LANES], down[SMALL_LANES];
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            const T *x = AT(a, i, j, n);
            LANES most[l] = M(fabs)(x[l]) > most[l] ? M(fabs)(x[l]) : most[l];
            for (int l = 0; l < SMALL_LANES && v; l++)
                AT(v, i, j, n)[l] = i == j;
        }
    NAME(scale_of)(most, up, down);
    for (int64_t i = 0; i < n * n; i++)
        LANES a[i * SMALL_LANES + l] *= up[l];
    LANES most[l] *= up[l];
    for (int k = 0; NAME(find_busy)(n, a, most, busy); k++) {
        if (k == SMALL_SWEEPS)
            return false;
        NAME(sweep)(n, a, v, busy);
    }
    for (int64_t i = 0; i < n; i++)
        LANES AT(a, i, i, n)[l] *= down[l];
    return true;
}

#undef LANES
#undef AT
