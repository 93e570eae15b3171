/* Random shapes, strides and values against loops that could not be simpler, written with tt_get
 * alone. Each case has its own seed, which a failure names. */
#include "../unit/unit.h"
#include <stdio.h>

enum { CASES = 400, LARGE = 60, MAX_AXES = 4 };

/* Random inputs. */

typedef struct source {
    tt_ctx *ctx;
    uint64_t state;
} source;

static int below(source *s, int n)
{
    s->state = s->state * 6364136223846793005u + 1442695040888963407u;
    return (int)((s->state >> 33) % (uint64_t)n);
}

static int random_shape(source *s, int64_t *shape)
{
    int ndim = below(s, MAX_AXES + 1);
    for (int i = 0; i < ndim; i++)
        shape[i] = below(s, 12) == 0 ? 0 : below(s, 5) == 0 ? 20 + below(s, 30) : 1 + below(s, 6);
    return ndim;
}

/* A tensor of the shape whose strides are those of permuted axes, steps, flips or expansions. */
static tt_tensor *random_tensor(source *s, tt_dtype dtype, int ndim, const int64_t *shape)
{
    int64_t wide[MAX_AXES];
    int order[MAX_AXES], back[MAX_AXES], flips[MAX_AXES], n_flips = 0;
    bool stepped[MAX_AXES], still[MAX_AXES];
    for (int i = 0; i < ndim; i++)
        order[i] = i;
    for (int i = ndim - 1; i > 0; i--) {
        int k = below(s, i + 1), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
    for (int i = 0; i < ndim; i++) {
        int axis = order[i];
        back[axis] = i;
        stepped[axis] = below(s, 4) == 0;
        still[axis] = below(s, 8) == 0;
        wide[i] = still[axis] ? 1 : shape[axis] * (stepped[axis] ? 2 : 1);
    }
    tt_tensor *x = dtype == TT_BOOL  ? tt_gt_scalar(tt_randn(s->ctx, TT_F32, ndim, wide), 0)
                   : dtype == TT_I64 ? tt_randint(s->ctx, ndim, wide, -9, 10)
                                     : tt_randn(s->ctx, dtype, ndim, wide);
    x = tt_permute(x, ndim, back);
    for (int i = 0; i < ndim; i++) {
        char text[64] = "";
        for (int k = 0; k < i; k++)
            strcat(text, ":, ");
        strcat(text, "::2, ...");
        if (stepped[i] && !still[i])
            x = tt_slice_n(x, text);
        if (below(s, 4) == 0)
            flips[n_flips++] = i;
    }
    if (n_flips)
        x = tt_flip(x, n_flips, flips);
    return tt_expand(x, ndim, shape);
}

static void index_of(int64_t k, int ndim, const int64_t *shape, int64_t *index)
{
    for (int i = ndim - 1; i >= 0; k /= shape[i--])
        index[i] = k % shape[i];
}

static double at(tt_tensor *x, const int64_t *index)
{
    return tt_get(x, tt_ndim(x), index);
}

/* Element of x at an index of a shape that x broadcasts to. */
static double broadcast_at(tt_tensor *x, int ndim, const int64_t *index)
{
    int64_t mine[TT_MAX_NDIM];
    int lead = ndim - tt_ndim(x);
    for (int i = 0; i < tt_ndim(x); i++)
        mine[i] = tt_size(x, i) == 1 ? 0 : index[lead + i];
    return at(x, mine);
}

static void same(double got, double want, double limit, int seed, const char *what)
{
    if (isnan(got) && isnan(want))
        return;
    if (got != want && !(fabs(got - want) <= limit * (1 + fabs(want))))
        ck_abort_msg("case %d, %s: %.17g, not %.17g", seed, what, got, want);
}

static source begin(int seed)
{
    source s = {tt_ctx_new(), (uint64_t)seed * 7919 + 1};
    tt_seed(s.ctx, (uint64_t)seed);
    return s;
}

static void finish(source *s, int seed)
{
    ck_assert_msg(tt_ok(s->ctx), "case %d: %s", seed, tt_error_message(s->ctx));
    tt_ctx_free(s->ctx);
}

static tt_dtype number_type(source *s)
{
    return (tt_dtype[]){TT_F32, TT_F64, TT_I64}[below(s, 3)];
}

/* Pointwise with broadcasting. */

/* A shape that broadcasts to the given one. */
static int part_of_shape(source *s, int ndim, const int64_t *shape, int64_t *part)
{
    int drop = ndim ? below(s, ndim + 1) : 0;
    if (below(s, 2))
        drop = 0;
    for (int i = drop; i < ndim; i++)
        part[i - drop] = below(s, 4) == 0 ? 1 : shape[i];
    return ndim - drop;
}

START_TEST(pointwise)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t shape[MAX_AXES], sa[MAX_AXES], sb[MAX_AXES], index[MAX_AXES];
        int ndim = random_shape(&s, shape), na = part_of_shape(&s, ndim, shape, sa);
        int nb = part_of_shape(&s, ndim, shape, sb), kind = below(&s, 6);
        tt_dtype d = number_type(&s);
        tt_tensor *a = random_tensor(&s, d, na, sa), *b = random_tensor(&s, d, nb, sb);
        tt_tensor *z = kind == 0   ? tt_add(a, b)
                       : kind == 1 ? tt_sub(a, b)
                       : kind == 2 ? tt_mul(a, b)
                       : kind == 3 ? tt_maximum(a, b)
                       : kind == 4 ? tt_lt(a, b)
                                   : tt_where(tt_ge(a, b), a, b);
        for (int64_t k = 0; k < tt_numel(z); k++) {
            index_of(k, tt_ndim(z), tt_shape(z), index);
            double x = broadcast_at(a, tt_ndim(z), index), y = broadcast_at(b, tt_ndim(z), index);
            double want = kind == 0   ? x + y
                          : kind == 1 ? x - y
                          : kind == 2 ? x * y
                          : kind == 4 ? x < y
                                      : fmax(x, y);
            same(at(z, index), want, 1e-6, seed, "pointwise");
        }
        finish(&s, seed);
    }
}
END_TEST

START_TEST(unary_and_copies)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t shape[MAX_AXES], index[MAX_AXES];
        int ndim = random_shape(&s, shape);
        tt_tensor *x = random_tensor(&s, number_type(&s), ndim, shape);
        tt_tensor *all[] = {tt_neg(x),
                            tt_square(x),
                            tt_contiguous(x),
                            tt_cast(x, TT_F64),
                            tt_cast(x, TT_I64),
                            tt_exp(x),
                            tt_clone(tt_flip(x, TT_ALL_AXES))};
        for (int64_t k = 0; k < tt_numel(x); k++) {
            index_of(k, ndim, shape, index);
            double v = at(x, index);
            const double want[] = {-v, v * v, v, v, trunc(v), exp(v)};
            for (int i = 0; i < 6; i++)
                same(at(all[i], index), want[i], 1e-6, seed, "unary");
            int64_t mirrored[MAX_AXES];
            for (int i = 0; i < ndim; i++)
                mirrored[i] = shape[i] - 1 - index[i];
            same(at(all[6], mirrored), v, 0, seed, "flip");
        }
        finish(&s, seed);
    }
}
END_TEST

/* Reductions. */

START_TEST(reductions)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t shape[MAX_AXES], index[MAX_AXES], kept[MAX_AXES];
        int ndim = random_shape(&s, shape), axes[MAX_AXES], n = 0;
        bool gone[MAX_AXES] = {false};
        tt_tensor *x = random_tensor(&s, number_type(&s), ndim, shape);
        for (int i = 0; i < ndim; i++)
            if (below(&s, 2)) {
                gone[i] = true;
                axes[n++] = below(&s, 2) ? i : i - ndim;
            }
        if (n == 0)
            for (int i = 0; i < ndim; i++)
                gone[i] = true;
        int64_t outputs = 1;
        for (int i = 0; i < ndim; i++)
            outputs *= gone[i] ? 1 : shape[i];
        double *sum = calloc((size_t)outputs + 1, sizeof *sum);
        double *largest = calloc((size_t)outputs + 1, sizeof *largest);
        for (int64_t k = 0; k < tt_numel(x); k++) {
            int64_t place = 0;
            bool first = true;
            index_of(k, ndim, shape, index);
            for (int i = 0; i < ndim; i++) {
                place = gone[i] ? place : place * shape[i] + index[i];
                first = first && (!gone[i] || index[i] == 0);
            }
            double v = at(x, index);
            sum[place] += v;
            largest[place] = first ? v : fmax(largest[place], v);
        }
        tt_tensor *total = tt_sum(x, n, axes, true), *mean = tt_mean(x, n, axes, false);
        tt_tensor *most = tt_numel(x) ? tt_max(x, n, axes, false) : NULL;
        ck_assert_int_eq(tt_ndim(total), ndim);
        ck_assert_int_eq(tt_numel(total), outputs);
        for (int64_t k = 0; k < outputs; k++) {
            double count = (double)tt_numel(x) / (double)outputs;
            index_of(k, tt_ndim(total), tt_shape(total), kept);
            same(at(total, kept), sum[k], 2e-5, seed, "sum");
            index_of(k, tt_ndim(mean), tt_shape(mean), kept);
            same(at(mean, kept), sum[k] / count, 2e-5, seed, "mean");
            if (most)
                same(at(most, kept), largest[k], 0, seed, "max");
        }
        free(sum);
        free(largest);
        finish(&s, seed);
    }
}
END_TEST

START_TEST(scans)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t shape[MAX_AXES], index[MAX_AXES];
        int ndim = random_shape(&s, shape);
        tt_tensor *x = random_tensor(&s, number_type(&s), ndim, shape);
        int axis = ndim ? below(&s, ndim) : 0;
        tt_tensor *y = ndim ? tt_cumsum(x, axis) : NULL, *m = ndim ? tt_cummax(x, axis) : NULL;
        for (int64_t k = 0; ndim && k < tt_numel(x); k++) {
            double sum = 0, largest = -INFINITY;
            index_of(k, ndim, shape, index);
            for (int64_t i = 0, end = index[axis]; i <= end; i++) {
                index[axis] = i;
                sum += at(x, index);
                largest = fmax(largest, at(x, index));
            }
            same(at(y, index), sum, 2e-5, seed, "cumsum");
            same(at(m, index), largest, 0, seed, "cummax");
        }
        finish(&s, seed);
    }
}
END_TEST

/* Products. */

/* x (b m k) times y (b k n) or (k n): the results from number `first` on, `step` apart. */
static void expect_product(tt_tensor *x, tt_tensor *y, int64_t first, int64_t step, int seed)
{
    tt_tensor *z = tt_matmul(x, y);
    for (int64_t i = first; i < tt_numel(z); i += step) {
        int64_t index[3];
        double want = 0;
        index_of(i, 3, tt_shape(z), index);
        for (int64_t j = 0; j < tt_size(x, 2); j++) {
            int64_t left[] = {index[0], index[1], j}, right[] = {index[0], j, index[2]};
            want += at(x, left) * broadcast_at(y, 3, right);
        }
        same(at(z, index), want, 1e-4, seed, "matmul");
    }
}

START_TEST(products)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t m = below(&s, 9), n = below(&s, 9), k = below(&s, 9), b = 1 + below(&s, 3);
        if (seed % 8 == 0) {
            m = 20 + below(&s, 70);
            n = 20 + below(&s, 70);
            k = 20 + below(&s, 70);
        }
        tt_dtype d = number_type(&s);
        bool batched = below(&s, 2);
        tt_tensor *x = random_tensor(&s, d, 3, (int64_t[]){b, m, k});
        tt_tensor *y = batched ? random_tensor(&s, d, 3, (int64_t[]){below(&s, 2) ? b : 1, k, n})
                               : random_tensor(&s, d, 2, (int64_t[]){k, n});
        expect_product(x, y, 0, seed % 8 ? 1 : 37, seed);
        finish(&s, seed);
    }
}
END_TEST

/* Sizes that are cut into tiles, strips and blocks, and few of the results. */
START_TEST(large_products)
{
    for (int seed = 0; seed < LARGE; seed++) {
        source s = begin(seed);
        int64_t b = seed % 3 ? 1 : 16 + below(&s, 3);
        int64_t most = b > 1 ? 90 : 500, m = 64 + below(&s, most), n = 32 + below(&s, most);
        int64_t k = seed % 5 ? 32 + below(&s, most) : 700 + below(&s, 200);
        if (seed % 12 == 1) { /* few rows */
            m = 2 + below(&s, 9);
            n = k = 1500 + below(&s, 100);
        }
        tt_dtype d = seed % 4 ? TT_F32 : TT_F64;
        tt_tensor *x = random_tensor(&s, d, 3, (int64_t[]){b, m, k});
        tt_tensor *y = random_tensor(&s, d, 3, (int64_t[]){seed % 2 ? 1 : b, k, n});
        expect_product(x, y, below(&s, 100), 1 + b * m * n / 150, seed);
        finish(&s, seed);
    }
}
END_TEST

/* Indexing. */

START_TEST(indexing)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t shape[MAX_AXES], index[MAX_AXES];
        int ndim = 1 + below(&s, MAX_AXES), axis = below(&s, ndim);
        for (int i = 0; i < ndim; i++)
            shape[i] = 1 + below(&s, 5);
        tt_dtype d = number_type(&s);
        tt_tensor *x = random_tensor(&s, d, ndim, shape);
        int64_t picked = 1 + below(&s, 7), size = shape[axis];
        tt_tensor *which = tt_randint(s.ctx, TT_SHAPE(picked), -size, size);
        tt_tensor *y = tt_take(x, axis, which);
        shape[axis] = picked;
        tt_tensor *places = tt_randint(s.ctx, ndim, shape, -size, size);
        tt_tensor *g = tt_gather(x, axis, places), *src = random_tensor(&s, d, ndim, shape);
        tt_tensor *added = tt_scatter_add(x, axis, places, src);
        double total = 0;
        for (int64_t k = 0; k < tt_numel(y); k++) {
            index_of(k, ndim, shape, index);
            int64_t row = index[axis];
            total += at(src, index);
            double got = at(y, index), gathered = at(g, index);
            int64_t a = (int64_t)tt_get(which, TT_INDEX(row)), b = (int64_t)at(places, index);
            index[axis] = a < 0 ? a + size : a;
            same(got, at(x, index), 0, seed, "take");
            index[axis] = b < 0 ? b + size : b;
            same(gathered, at(x, index), 0, seed, "gather");
        }
        double before = tt_item(tt_cast(tt_sum(x, TT_ALL_AXES, false), TT_F64));
        double after = tt_item(tt_cast(tt_sum(added, TT_ALL_AXES, false), TT_F64));
        same(after, before + total, 1e-4, seed, "scatter_add");
        tt_tensor *mask = random_tensor(&s, TT_BOOL, ndim, tt_shape(x));
        tt_tensor *chosen = tt_masked_select(x, mask), *where = tt_nonzero(mask);
        int64_t n = 0;
        for (int64_t k = 0; k < tt_numel(x); k++) {
            index_of(k, ndim, tt_shape(x), index);
            if (!at(mask, index))
                continue;
            same(tt_get(chosen, TT_INDEX(n)), at(x, index), 0, seed, "masked_select");
            for (int i = 0; i < ndim; i++)
                same(tt_get(where, TT_INDEX(n, i)), (double)index[i], 0, seed, "nonzero");
            n++;
        }
        ck_assert_int_eq(tt_numel(chosen), n);
        finish(&s, seed);
    }
}
END_TEST

/* Writing through views. */

START_TEST(writing)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t shape[MAX_AXES], index[MAX_AXES];
        int ndim = random_shape(&s, shape);
        tt_dtype d = number_type(&s);
        tt_tensor *base = tt_zeros(s.ctx, d, ndim, shape), *x = tt_flip(base, TT_ALL_AXES);
        tt_tensor *src = random_tensor(&s, d, ndim, shape);
        tt_copy_(x, src);
        tt_add_(x, src);
        tt_mul_scalar_(x, 3);
        for (int64_t k = 0; k < tt_numel(x); k++) {
            index_of(k, ndim, shape, index);
            double v = at(src, index);
            for (int i = 0; i < ndim; i++)
                index[i] = shape[i] - 1 - index[i];
            same(at(base, index), 6 * v, 1e-6, seed, "in place");
        }
        finish(&s, seed);
    }
}
END_TEST

/* Shapes. */

START_TEST(reshapes)
{
    for (int seed = 0; seed < CASES; seed++) {
        source s = begin(seed);
        int64_t shape[MAX_AXES], index[MAX_AXES];
        int ndim = random_shape(&s, shape);
        tt_tensor *x = random_tensor(&s, TT_I64, ndim, shape);
        tt_tensor *flat = tt_reshape(x, TT_SHAPE(tt_numel(x)));
        tt_tensor *again = tt_reshape(flat, ndim, shape);
        for (int64_t k = 0; k < tt_numel(x); k++) {
            index_of(k, ndim, shape, index);
            same(tt_get(flat, TT_INDEX(k)), at(x, index), 0, seed, "reshape");
            same(at(again, index), at(x, index), 0, seed, "reshape back");
        }
        if (ndim > 0 && shape[0] > 0) {
            tt_tensor *two[] = {x, tt_narrow(x, 0, 0, 1)}, *both = tt_cat(2, two, 0);
            ck_assert_int_eq(tt_size(both, 0), shape[0] + 1);
            ck_assert(tt_array_equal(tt_narrow(both, 0, 0, shape[0]), x));
            ck_assert(tt_array_equal(tt_narrow(both, 0, shape[0], 1), two[1]));
            ck_assert(tt_array_equal(tt_roll(tt_roll(x, 3, 0), -3, 0), x));
        }
        finish(&s, seed);
    }
}
END_TEST

RUN_TESTS("property", pointwise, unary_and_copies, reductions, scans, products, large_products,
          indexing, writing, reshapes)
