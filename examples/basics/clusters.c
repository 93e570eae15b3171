/* k-means and principal axes: what a cloud of points is made of. Distances, arguments of the least
 * and sums by group find the clusters; powers of the covariance find the direction in which the
 * points spread most. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

enum { POINTS = 300, CLUSTERS = 3, WIDE = 60, HIGH = 18 };

/* Three longish clouds. */
static tt_tensor *cloud(tt_ctx *ctx)
{
    const double middles[] = {-3, -1, 0, 2.5, 3, -0.5}, shape[] = {0.9, 0.4, 0, 0.45};
    tt_tensor *m = tt_from_data(ctx, TT_F64, TT_SHAPE(CLUSTERS, 2), middles);
    tt_tensor *noise = tt_matmul(tt_randn(ctx, TT_F64, TT_SHAPE(POINTS, 2)),
                                 tt_from_data(ctx, TT_F64, TT_SHAPE(2, 2), shape));
    return tt_add(tt_repeat_interleave(m, POINTS / CLUSTERS, 0), noise);
}

/* The number of the nearest middle, for each point. */
static tt_tensor *nearest(tt_tensor *x, tt_tensor *middles)
{
    return tt_argmin(tt_cdist(x, middles, 2), 1, false);
}

/* The mean of the points of each group. */
static tt_tensor *means(tt_tensor *x, tt_tensor *group)
{
    tt_tensor *member = tt_cast(tt_one_hot(group, CLUSTERS), TT_F64); /* (points, clusters) */
    tt_tensor *sums = tt_einsum("p c, p d -> c d", TT_TENSORS(member, x));
    return tt_div(sums, tt_unsqueeze(tt_sum(member, TT_AXES(0), false), 1));
}

/* The direction of the largest variance: a vector multiplied by the covariance until it stays. */
static void principal_axis(const char *what, tt_tensor *x)
{
    tt_tensor *e = tt_sub(x, tt_mean(x, TT_AXES(0), true));
    tt_tensor *c = tt_div_scalar(tt_matmul(tt_transpose(e, 0, 1), e), (double)tt_size(x, 0));
    tt_tensor *v = tt_ones(tt_ctx_of(x), TT_F64, TT_SHAPE(tt_size(x, 1)));
    for (int i = 0; i < 100; i++) {
        v = tt_matmul(c, v);
        v = tt_div(v, tt_norm(v, TT_ALL_AXES, 2, false));
    }
    double along = tt_item(tt_norm(tt_matmul(c, v), TT_ALL_AXES, 2, false));
    double all = tt_item(tt_sum(tt_diagonal(c, 0, 0, 1), TT_ALL_AXES, false));
    printf("%s spread most along (%.2f, %.2f): %.0f%% of their variance\n", what,
           tt_get(v, TT_INDEX(0)), tt_get(v, TT_INDEX(1)), 100 * along / all);
}

static void draw(tt_tensor *x, tt_tensor *group, tt_tensor *middles)
{
    char page[HIGH][WIDE + 1];
    for (int i = 0; i < HIGH; i++)
        snprintf(page[i], sizeof page[i], "%*s", WIDE, "");
    for (int64_t k = 0; k < POINTS + CLUSTERS; k++) {
        tt_tensor *p = k < POINTS ? tt_select(x, 0, k) : tt_select(middles, 0, k - POINTS);
        int j = (int)((tt_get(p, TT_INDEX(0)) + 6) * WIDE / 12);
        int i = (int)((4 - tt_get(p, TT_INDEX(1))) * HIGH / 7);
        if (i >= 0 && i < HIGH && j >= 0 && j < WIDE)
            page[i][j] = k < POINTS ? ".ox"[(int)tt_get(group, TT_INDEX(k))] : '@';
    }
    for (int i = 0; i < HIGH; i++)
        puts(page[i]);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = cloud(ctx), *middles = tt_slice(x, ":%d", CLUSTERS);
    tt_tensor *group = nearest(x, middles);
    for (int round = 0, moved = 1; moved && round < 50; round++) {
        middles = means(x, group);
        tt_tensor *next = nearest(x, middles);
        moved = (int)tt_item(tt_count_nonzero(tt_ne(next, group), TT_ALL_AXES, false));
        printf("round %d: %d points changed their cluster\n", round, moved);
        group = next;
    }
    draw(x, group, middles);

    static const char *const marks[] = {"those of .", "those of o", "those of x"};
    principal_axis("\nall points", x);
    for (int c = 0; c < CLUSTERS; c++) {
        tt_tensor *mine = tt_unsqueeze(tt_eq_scalar(group, c), 1); /* a row for each point */
        principal_axis(marks[c], tt_reshape(tt_masked_select(x, mine), TT_SHAPE(-1, 2)));
    }
    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
