/* The loops of batch_norm_loops.c for one type, with T and NAME(x) defined. A centre that T cannot
 * hold is split: what is left of it goes into the shift. */

static void NAME(moments)(int64_t n, const void *vx, double centre, double *sum)
{
    const T *restrict x = vx;
    double first[LANES] = {0}, second[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) {
            const double d = (double)x[i + l] - centre;
            first[l] += d;
            second[l] += d * d;
        }
    for (; i < n; i++) {
        const double d = (double)x[i] - centre;
        first[0] += d;
        second[0] += d * d;
    }
    sum[0] += fold(first);
    sum[1] += fold(second);
}

static void NAME(products)(int64_t n, const void *vg, const void *vx, double centre, double *sum)
{
    const T *restrict g = vg, *restrict x = vx;
    double first[LANES] = {0}, second[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) {
            first[l] += (double)g[i + l];
            second[l] += (double)g[i + l] * ((double)x[i + l] - centre);
        }
    for (; i < n; i++) {
        first[0] += (double)g[i];
        second[0] += (double)g[i] * ((double)x[i] - centre);
    }
    sum[0] += fold(first);
    sum[1] += fold(second);
}

static void NAME(scale)(int64_t n, void *vy, const void *vx, double centre, double scale,
                        double shift)
{
    const T *restrict x = vx;
    T *restrict y = vy;
    const T c = (T)centre, a = (T)scale, b = (T)(shift - (centre - (double)c) * scale);
    for (int64_t i = 0; i < n; i++)
        y[i] = (x[i] - c) * a + b;
}

static void NAME(grad)(int64_t n, void *vgx, const void *vg, const void *vx, const double *line)
{
    const T *restrict g = vg, *restrict x = vx;
    T *restrict gx = vgx;
    const T c = (T)line[0], a = (T)line[1], b = (T)line[2];
    const T d = (T)(line[3] - (line[0] - (double)c) * line[2]);
    for (int64_t i = 0; i < n; i++)
        gx[i] = a * g[i] + (b * (x[i] - c) + d);
}
