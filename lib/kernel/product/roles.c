/* Roles and order of the axes of a contraction. Input: a plan; output: batch, M, N and K, of which
 * the last three are to become one axis each. Invariant: only K, or M or N in many small pieces,
 * ever asks for a copy. */
#include "roles.h"

/* Is x to be outside of y: by the strides in out; among summed axes by those in a or in b. */
static bool outside(const contract_axis *x, const contract_axis *y, bool by_b)
{
    int64_t xa = magnitude(x->a), ya = magnitude(y->a), xb = magnitude(x->b), yb = magnitude(y->b);
    if (!x->summed)
        return x->out > y->out;
    if (by_b)
        return xb != yb ? xb > yb : xa > ya;
    return xa != ya ? xa > ya : xb > yb;
}

void group_sort(group *g, bool by_b)
{
    for (int i = 1; i < g->n; i++) {
        contract_axis moving = g->axis[i];
        int j = i;
        for (; j > 0 && outside(&moving, &g->axis[j - 1], by_b); j--)
            g->axis[j] = g->axis[j - 1];
        g->axis[j] = moving;
    }
}

/* Neighbours of which the outer steps over the inner in every operand become one axis. */
void group_coalesce(group *g)
{
    int n = 0;
    for (int i = 0; i < g->n; i++) {
        contract_axis *outer = n > 0 ? &g->axis[n - 1] : NULL;
        const contract_axis *inner = &g->axis[i];
        if (outer && outer->a == inner->a * inner->size && outer->b == inner->b * inner->size &&
            outer->out == inner->out * inner->size) {
            int64_t size = outer->size * inner->size;
            *outer = *inner;
            outer->size = size;
        } else {
            g->axis[n++] = *inner;
        }
    }
    g->n = n;
}

static role role_of(const contract_axis *x)
{
    if (x->summed)
        return K;
    return x->b == 0 && x->a != 0 ? M : x->a == 0 && x->b != 0 ? N : BATCH;
}

void group_append(group *g, const contract_axis *x)
{
    g->axis[g->n++] = *x;
}

int64_t group_count(const group *g)
{
    int64_t n = 1;
    for (int i = 0; i < g->n; i++)
        n *= g->axis[i].size;
    return n;
}

void roles_fill(roles r, const contract_plan *p)
{
    for (int i = 0; i < ROLES; i++)
        r[i].n = 0;
    for (int i = 0; i < p->naxes; i++) {
        const contract_axis *x = &p->axis[i];
        if (x->size != 1) /* which say nothing */
            group_append(&r[role_of(x)], x);
    }
    for (int i = 0; i < ROLES; i++) {
        group_sort(&r[i], false);
        group_coalesce(&r[i]);
    }
}

static int64_t stride_of(const contract_axis *x, side s)
{
    return s == A ? x->a : x->b;
}

/* The axis of M (or N) that a loop over the others would leave: the contiguous one of out, else the
 * contiguous one of the operand when its K is not, else the longest. */
static int pick(const roles r, role mine, side s)
{
    const group *g = &r[mine], *k = &r[K];
    bool k_contiguous = false;
    for (int i = 0; i < k->n; i++)
        k_contiguous = k_contiguous || stride_of(&k->axis[i], s) == 1;
    if (g->axis[g->n - 1].out == 1) /* they are sorted by out */
        return g->n - 1;
    int longest = 0;
    for (int i = 0; i < g->n; i++) {
        if (!k_contiguous && stride_of(&g->axis[i], s) == 1)
            return i;
        longest = g->axis[i].size > g->axis[longest].size ? i : longest;
    }
    return longest;
}

/* Does out step evenly from axis i over axis i + 1? */
static bool out_merges(const group *g, int i)
{
    return g->axis[i].out == g->axis[i + 1].out * g->axis[i + 1].size;
}

/* Several axes in M (or N): a loop over all but one costs a reading of the other operand each time,
 * `other` elements long for each element summed; to merge them costs one copy of this operand. True
 * when the copy is to be made; axes that are not merged have moved to the batch. */
static bool gather_group(roles r, role mine, side s, int64_t other)
{
    group *g = &r[mine];
    if (g->n < 2)
        return false;
    int first = pick(r, mine, s), last = first;
    if (g->axis[first].size < other) {
        while (first > 0 && out_merges(g, first - 1))
            first--;
        while (last + 1 < g->n && out_merges(g, last))
            last++;
    }
    group kept;
    kept.n = 0;
    for (int i = 0; i < g->n; i++)
        group_append(i >= first && i <= last ? &kept : &r[BATCH], &g->axis[i]);
    *g = kept;
    return g->n > 1;
}

static bool k_merges(const group *k, side s)
{
    for (int i = 0; i + 1 < k->n; i++)
        if (stride_of(&k->axis[i], s) != stride_of(&k->axis[i + 1], s) * k->axis[i + 1].size)
            return false;
    return true;
}

/* Elements to copy if K keeps the order in which it is now. */
static int64_t k_cost(const roles r, const bool *copied)
{
    const group *k = &r[K];
    int64_t cost = copied[A] || k_merges(k, A) ? 0 : group_count(&r[M]);
    return cost + (copied[B] || k_merges(k, B) ? 0 : group_count(&r[N]));
}

/* Several axes in K: in the order of a or in that of b, whichever needs the smaller copy. */
static void order_sum(roles r, bool *copied)
{
    group *k = &r[K];
    if (k->n > 1) {
        int64_t cost = k_cost(r, copied);
        group by_a = *k;
        group_sort(k, true);
        if (k_cost(r, copied) >= cost)
            *k = by_a;
        group_coalesce(k);
    }
    copied[A] = copied[A] || !k_merges(k, A);
    copied[B] = copied[B] || !k_merges(k, B);
}

void roles_arrange(roles r, bool copied[2])
{
    int64_t m = group_count(&r[M]), n = group_count(&r[N]);
    copied[A] = gather_group(r, M, A, n);
    copied[B] = gather_group(r, N, B, m);
    order_sum(r, copied);
}

int64_t group_least_stride(const group *g, side s)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < g->n; i++) {
        int64_t v = magnitude(stride_of(&g->axis[i], s));
        least = v < least ? v : least;
    }
    return least;
}
