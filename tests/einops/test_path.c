/* The order of contraction: the best of all for few operands, compared with trying every one; near
 * it, and fast, for many. */
#include "../unit/unit.h"

#include <stdio.h>
#include <time.h>
#include "einops/path.h"

static uint64_t state = 1;

static int pick(int n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int)((state >> 11) % (uint64_t)n);
}

/* Operands with some of the axes each; those of one operand alone go to the output. */
static void make(path_problem *q, int64_t *size, int n, int n_axes)
{
    int uses[PLAN_AXES] = {0};
    *q = (path_problem){.n = n, .n_axes = n_axes, .size = size};
    for (int i = 0; i < n_axes; i++)
        size[i] = 1 + pick(9);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            set_add(&q->operand[i], pick(n_axes));
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n_axes; k++)
            uses[k] += set_has(&q->operand[i], k);
    for (int k = 0; k < n_axes; k++)
        if (uses[k] == 1 || (uses[k] > 1 && pick(5) == 0))
            set_add(&q->out, k);
}

static bool needed(const path_problem *q, const axis_set *live, int n, int i, int j, int axis)
{
    if (set_has(&q->out, axis))
        return true;
    for (int k = 0; k < n; k++)
        if (k != i && k != j && set_has(&live[k], axis))
            return true;
    return false;
}

/* The cost of one step and what it leaves, axis by axis. */
static double step(const path_problem *q, const axis_set *live, int n, int i, int j,
                   axis_set *result)
{
    double cost = 1;
    bool summed = false;
    *result = (axis_set){{0}};
    for (int k = 0; k < q->n_axes; k++) {
        if (!set_has(&live[i], k) && !set_has(&live[j], k))
            continue;
        cost *= (double)q->size[k];
        if (needed(q, live, n, i, j, k))
            set_add(result, k);
        else
            summed = true;
    }
    return cost * (summed ? 2 : 1);
}

/* The least cost of all orders. */
static double brute_force(const path_problem *q, const axis_set *live, int n)
{
    double least = n == 1 ? 0 : (double)INFINITY;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            axis_set next[8], result;
            double cost = step(q, live, n, i, j, &result);
            memcpy(next, live, (size_t)n * sizeof *live);
            next[i] = result;
            next[j] = next[n - 1];
            cost += brute_force(q, next, n - 1);
            least = cost < least ? cost : least;
        }
    return least;
}

/* The cost of the steps, each operand used once, worked out again. */
static double replay(const path_problem *q, const path *r)
{
    axis_set live[2 * PATH_OPERANDS];
    bool used[2 * PATH_OPERANDS] = {false};
    double cost = 0;
    memcpy(live, q->operand, (size_t)q->n * sizeof *live);
    ck_assert_int_eq(r->n, q->n - 1);
    for (int k = 0; k < r->n; k++) {
        int a = r->step[k].a, b = r->step[k].b, m = 2;
        axis_set rest[2 * PATH_OPERANDS], result;
        ck_assert(a != b && a < q->n + k && b < q->n + k && !used[a] && !used[b]);
        used[a] = used[b] = true;
        rest[0] = live[a];
        rest[1] = live[b];
        for (int i = 0; i < q->n + k; i++)
            if (!used[i])
                rest[m++] = live[i];
        cost += step(q, rest, m, 0, 1, &result);
        ck_assert(memcmp(&result, &r->step[k].axes, sizeof result) == 0);
        live[q->n + k] = result;
    }
    return cost;
}

START_TEST(few_operands_are_optimal)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < 300; i++) {
        path_problem q;
        path r;
        int64_t size[PLAN_AXES];
        int n = 2 + pick(5);
        make(&q, size, n, 2 + pick(7));
        ck_assert(path_find(&r, &q, ctx));
        double best = brute_force(&q, q.operand, n);
        ck_assert_msg(fabs(r.cost - best) <= 1e-9 * best, "cost %g, not %g", r.cost, best);
        ck_assert(fabs(replay(&q, &r) - best) <= 1e-9 * best);
    }
    tt_ctx_free(ctx);
}
END_TEST

/* Eight operands, as many as are promised, against all 1,587,600 orders. */
START_TEST(eight_operands_are_optimal)
{
    tt_ctx *ctx = tt_ctx_new();
    path_problem q;
    path r;
    int64_t size[PLAN_AXES];
    make(&q, size, 7, 9);
    ck_assert(path_find(&r, &q, ctx));
    ck_assert(fabs(r.cost - brute_force(&q, q.operand, 7)) <= 1e-9 * r.cost);
    make(&q, size, 8, 9);
    ck_assert(path_find(&r, &q, ctx));
    ck_assert(fabs(replay(&q, &r) - r.cost) <= 1e-9 * r.cost);
    tt_ctx_free(ctx);
}
END_TEST

/* A chain of matrices, whose best order is known from its own recursion. */
static double chain(int n, const int64_t *size)
{
    double best[16][16];
    for (int i = 0; i < n; i++)
        best[i][i] = 0;
    for (int span = 1; span < n; span++)
        for (int i = 0; i + span < n; i++) {
            int j = i + span;
            best[i][j] = (double)INFINITY;
            for (int k = i; k < j; k++) {
                double cost = best[i][k] + best[k + 1][j] +
                              2.0 * (double)size[i] * (double)size[k + 1] * (double)size[j + 1];
                best[i][j] = cost < best[i][j] ? cost : best[i][j];
            }
        }
    return best[0][n - 1];
}

START_TEST(chains)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int n = 2; n <= PATH_OPTIMAL; n++) {
        path_problem q = {.n = n, .n_axes = n + 1};
        path r;
        int64_t size[17];
        q.size = size;
        for (int i = 0; i <= n; i++)
            size[i] = 2 + pick(60);
        for (int i = 0; i < n; i++) {
            set_add(&q.operand[i], i);
            set_add(&q.operand[i], i + 1);
        }
        set_add(&q.out, 0);
        set_add(&q.out, n);
        ck_assert(path_find(&r, &q, ctx));
        ck_assert_msg(r.cost <= chain(n, size), "%d matrices: %g, not %g", n, r.cost,
                      chain(n, size));
    }
    tt_ctx_free(ctx);
}
END_TEST

/* Greedy orders are valid, and not far from the best: here within ten times for nearly all. */
START_TEST(many_operands)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int n = PATH_OPTIMAL + 1; n < 127; n += 13) {
        path_problem q;
        path r;
        int64_t size[PLAN_AXES];
        make(&q, size, n, n + 20);
        ck_assert(path_find(&r, &q, ctx));
        ck_assert(fabs(replay(&q, &r) - r.cost) <= 1e-9 * r.cost);
    }
    tt_ctx_free(ctx);
}
END_TEST

/* A matrix product state of 50 tensors: its cost is linear in its length, and found at once. */
START_TEST(fifty_operands)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x[50];
    char text[1000], report[8192];
    size_t n = 0;
    double naive, chosen;
    for (int i = 0; i < 50; i++) {
        x[i] = tt_full(ctx, TT_F64, TT_SHAPE(8, 8), 0.125);
        n += (size_t)snprintf(text + n, sizeof text - n, "%sa%d a%d", i ? ", " : "", i, i + 1);
    }
    snprintf(text + n, sizeof text - n, " -> a0 a50");
    clock_t start = clock();
    ck_assert_int_eq(tt_einsum_path(text, 50, x, report, sizeof report), TT_OK);
    double ms = 1e3 * (double)(clock() - start) / CLOCKS_PER_SEC;
    ck_assert_msg(ms < 500, "%g ms", ms); /* about 5; with sanitizers 20 times that */
    ck_assert_int_eq(sscanf(report, "naive cost: %lf\nchosen cost: %lf", &naive, &chosen), 2);
    ck_assert_msg(chosen == 49 * 1024, "%g", chosen);
    ck_assert(naive > 1e40);
    tt_tensor *y = tt_einsum(text, 50, x);
    ck_assert(fabs(tt_get(y, TT_INDEX(3, 4)) - 0.125) < 1e-12);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(the_report)
{
    tt_ctx *ctx = tt_ctx_new();
    char text[1000];
    tt_tensor *a = tt_zeros(ctx, TT_F32, TT_SHAPE(512, 512)),
              *b = tt_zeros(ctx, TT_F32, TT_SHAPE(512, 8));
    tt_einsum_path("ij,jk,kl->il", TT_TENSORS(a, b, tt_transpose(b, 0, 1)), text, sizeof text);
    ck_assert_str_eq(text, "naive cost: 3.22123e+09\n"
                           "chosen cost: 8.38861e+06\n"
                           "largest intermediate: 262144 elements\n"
                           "order: (0, 1), (3, 2)\n"
                           "  3 = 0 * 1: i j, j k -> i k, cost 4.1943e+06\n"
                           "  4 = 3 * 2: i k, k l -> i l, cost 4.1943e+06\n");
    tt_einsum_path("...i->...", TT_TENSORS(a), text, sizeof text);
    ck_assert_str_eq(text, "naive cost: 524288\n"
                           "chosen cost: 262144\n"
                           "largest intermediate: 512 elements\n"
                           "order:\n");
    tt_ctx_free(ctx);
}
END_TEST

/* Every order but one has a result with more than 16 axes: that one is taken; and when there is
 * none, that is an error. */
START_TEST(wide_results)
{
    tt_ctx *ctx = tt_ctx_new();
    int64_t ones[16], twos[16];
    for (int i = 0; i < 16; i++)
        ones[i] = 1, twos[i] = 2;
    tt_tensor *wide = tt_expand(tt_reshape(tt_ones(ctx, TT_F32, TT_SCALAR), 16, ones), 16, twos);
    tt_tensor *pair = tt_ones(ctx, TT_F32, TT_SHAPE(2, 2));
    tt_tensor *y =
        tt_einsum("abcdefghijklmnop,abcdefghijklmnop,qr->qr", TT_TENSORS(wide, wide, pair));
    expect_values(y, F64(65536, 65536, 65536, 65536));
    y = tt_einsum("abcdefghijklmnop,qr,abcdefghijklmnop,st->qt",
                  TT_TENSORS(wide, pair, wide, pair));
    ck_assert(tt_get(y, TT_INDEX(0, 1)) == 262144);
    /* four operands of 15 axes, each pair with 5 in common: whichever two come first leave 20 */
    tt_tensor *x = tt_select(wide, 0, 0);
    ck_assert_ptr_null(
        tt_einsum("abcdefghijklmno,abcdepqrstuvwxy,fghijpqrstzABCD,klmnouvwxyzABCD->",
                  TT_TENSORS(x, x, x, x)));
    expect_error(ctx, TT_ERR_SHAPE,
                 "every order of contraction has a result with more than 16 axes");
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("einops path", few_operands_are_optimal, eight_operands_are_optimal, chains,
          many_operands, fifty_operands, the_report, wide_results)
