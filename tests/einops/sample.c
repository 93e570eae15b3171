/* Random patterns and their meaning. Input: a seed; output: text, operands, expected result. */
#include "sample.h"

#include <stdarg.h>
#include <stdio.h>

uint64_t pick(sample *s, uint64_t n)
{
    s->state ^= s->state << 13;
    s->state ^= s->state >> 7;
    s->state ^= s->state << 17;
    return (s->state >> 11) % n;
}

static bool chance(sample *s, uint64_t one_in)
{
    return pick(s, one_in) == 0;
}

static void shuffle(sample *s, int n, int *v)
{
    for (int i = n - 1; i > 0; i--) {
        int j = (int)pick(s, (uint64_t)i + 1), t = v[i];
        v[i] = v[j];
        v[j] = t;
    }
}

/* Structure. */

static void add_dim(term *t, int label, bool dots)
{
    t->dim[t->n++] = (dim){1, {label}, dots};
}

/* Joins neighbours into groups and puts axes of size 1 between them. */
static void compose(sample *s, term *t)
{
    for (int i = 0; i + 1 < t->n; i++)
        while (i + 1 < t->n && chance(s, 3) && !t->dim[i].dots && !t->dim[i + 1].dots &&
               t->dim[i].n < GROUP) {
            t->dim[i].label[t->dim[i].n++] = t->dim[i + 1].label[0];
            t->n--;
            memmove(&t->dim[i + 1], &t->dim[i + 2], (size_t)(t->n - i - 1) * sizeof t->dim[0]);
        }
    if (chance(s, 5)) {
        int at = (int)pick(s, (uint64_t)t->n + 1);
        bool inside = at > 0 && at < t->n && t->dim[at - 1].dots && t->dim[at].dots;
        if (!inside) {
            memmove(&t->dim[at + 1], &t->dim[at], (size_t)(t->n - at) * sizeof t->dim[0]);
            t->dim[at] = (dim){0, {0}, false};
            t->n++;
        }
    }
}

/* The ellipsis's labels that a tensor with m of them has: the last ones. */
static void add_dots(sample *s, term *t, int m)
{
    for (int k = s->dots - m; k < s->dots; k++)
        add_dim(t, s->n_labels - s->dots + k, true);
}

static bool has_label(const term *t, int label)
{
    for (int i = 0; i < t->n; i++)
        for (int j = 0; j < t->dim[i].n; j++)
            if (t->dim[i].label[j] == label)
                return true;
    return false;
}

static int count_label(const term *t, int label)
{
    int n = 0;
    for (int i = 0; i < t->n; i++)
        for (int j = 0; j < t->dim[i].n; j++)
            n += t->dim[i].label[j] == label;
    return n;
}

static void make_labels(sample *s)
{
    s->dots = chance(s, 3) ? (int)pick(s, 3) : 0;
    s->n_labels = 2 + (int)pick(s, 4) + s->dots;
    for (int i = 0; i < s->n_labels; i++)
        s->size[i] = chance(s, 40) ? 0 : 1 + (int64_t)pick(s, 3);
}

static void make_einsum(sample *s)
{
    int named = s->n_labels - s->dots;
    bool used[LABELS] = {false};
    s->letters = chance(s, 2);
    s->n = 1 + (int)pick(s, 4);
    for (int i = 0; i < s->n; i++) {
        term *t = &s->in[i];
        int axes = (int)pick(s, 4), where = (int)pick(s, (uint64_t)axes + 1);
        bool dotted = s->dots && (i == 0 || chance(s, 2));
        for (int k = 0; k <= axes; k++) {
            if (k == where && dotted)
                add_dots(s, t, i == 0 ? s->dots : (int)pick(s, (uint64_t)s->dots + 1));
            if (k == axes)
                break;
            int label = (int)pick(s, (uint64_t)named);
            if (has_label(t, label) && !chance(s, 3))
                continue;
            add_dim(t, label, false);
            used[label] = true;
        }
        if (!s->letters)
            compose(s, t);
    }
    int order[LABELS], n = 0;
    for (int k = 0; k < named; k++)
        if (used[k] && chance(s, 2))
            order[n++] = k;
    shuffle(s, n, order);
    int where = (int)pick(s, (uint64_t)n + 1);
    for (int k = 0; k <= n; k++) {
        if (k == where)
            add_dots(s, &s->out, s->dots);
        if (k < n)
            add_dim(&s->out, order[k], false);
    }
    if (!s->letters)
        compose(s, &s->out);
}

/* Axes of size 1 that broadcast: of one label alone, and full in some other operand. */
static void make_ones(sample *s)
{
    for (int i = 1; i < s->n; i++)
        for (int k = 0; k < s->in[i].n; k++) {
            const dim *d = &s->in[i].dim[k];
            bool full = false;
            if (d->n != 1 || !chance(s, 4) || count_label(&s->in[i], d->label[0]) > 1)
                continue;
            for (int j = 0; j < i; j++)
                full = full || (has_label(&s->in[j], d->label[0]) && !s->one[j][d->label[0]]);
            s->one[i][d->label[0]] = full;
        }
}

static void make_unary(sample *s)
{
    int named = s->n_labels - s->dots, order[LABELS], n = 0, first_new = named;
    s->n = 1;
    if (s->kind == REPEAT)
        first_new = 1 + (int)pick(s, (uint64_t)named);
    int where = (int)pick(s, (uint64_t)first_new + 1);
    for (int k = 0; k <= first_new; k++) {
        if (k == where)
            add_dots(s, &s->in[0], s->dots);
        if (k < first_new)
            add_dim(&s->in[0], k, false);
    }
    for (int k = 0; k < named; k++)
        if (s->kind != REDUCE || chance(s, 2))
            order[n++] = k;
    shuffle(s, n, order);
    bool dotted = s->kind != REDUCE || chance(s, 2);
    where = (int)pick(s, (uint64_t)n + 1);
    for (int k = 0; k <= n; k++) {
        if (k == where && dotted)
            add_dots(s, &s->out, s->dots);
        if (k < n)
            add_dim(&s->out, order[k], false);
    }
    compose(s, &s->in[0]);
    compose(s, &s->out);
    s->how = (tt_reduction)pick(s, 5);
    for (int k = 0; k < s->n_labels && s->kind == REDUCE; k++)
        if (s->size[k] == 0 && !has_label(&s->out, k))
            s->how = TT_SUM; /* nothing has no mean and no maximum */
}

/* Text. */

static void put(sample *s, const char *format, ...) TT_PRINTF(2, 3);
static void put(sample *s, const char *format, ...)
{
    va_list args;
    size_t used = strlen(s->text);
    va_start(args, format);
    vsnprintf(s->text + used, TEXT - used, format, args);
    va_end(args);
}

static void put_label(sample *s, int label)
{
    static const char *const names[] = {"batch", "i", "in_dim", "q2", "W", "x_y"};
    if (s->letters)
        put(s, "%c", "aBcDefgh"[label]);
    else
        put(s, "%s", names[label]);
}

static void put_dim(sample *s, const dim *d)
{
    bool in_parentheses = d->n != 1 || chance(s, 10);
    if (s->letters) {
        put_label(s, d->label[0]);
        return;
    }
    if (d->n == 0 && chance(s, 2)) {
        put(s, "1 ");
        return;
    }
    put(s, in_parentheses ? "(" : "");
    for (int j = 0; j < d->n; j++) {
        put_label(s, d->label[j]);
        put(s, j + 1 < d->n ? " " : "");
    }
    put(s, in_parentheses ? ") " : " ");
}

/* Whether the term has an ellipsis is not to be seen from its dims when that stands for none. */
static void put_term(sample *s, const term *t, bool dotted)
{
    bool done = false;
    for (int k = 0; k < t->n; k++) {
        if (!t->dim[k].dots)
            put_dim(s, &t->dim[k]);
        else if (!done)
            put(s, s->letters ? "..." : "... ");
        done = done || t->dim[k].dots;
    }
    if (dotted && !done)
        put(s, "...");
}

static bool has_dots(const term *t)
{
    for (int k = 0; k < t->n; k++)
        if (t->dim[k].dots)
            return true;
    return false;
}

/* Sizes that cannot be found by division have to be given. */
static void choose_given(sample *s)
{
    for (int i = 0; i < s->n; i++)
        for (int k = 0; k < s->in[i].n; k++) {
            const dim *d = &s->in[i].dim[k];
            int open = d->n ? (int)pick(s, (uint64_t)d->n + 1) : 0;
            int64_t known = 1;
            for (int j = 0; j < d->n && d->n > 1; j++) {
                known *= j == open ? 1 : s->size[d->label[j]];
                s->given[d->label[j]] = s->given[d->label[j]] || j != open;
            }
            bool twice = d->n > 1 && open < d->n && count_label(&s->in[i], d->label[open]) > 1;
            if (d->n > 1 && open < d->n && (known == 0 || twice))
                s->given[d->label[open]] = true;
        }
    for (int l = 0; l < s->n_labels - s->dots; l++)
        if (s->kind == REPEAT && !has_label(&s->in[0], l))
            s->given[l] = true;
}

static void put_sizes(sample *s)
{
    for (int l = 0; l < s->n_labels - s->dots; l++) {
        bool there = has_label(&s->out, l);
        for (int i = 0; i < s->n; i++)
            there = there || has_label(&s->in[i], l);
        if (!there || !(s->given[l] || chance(s, 10)))
            continue;
        put(s, ", ");
        put_label(s, l);
        put(s, chance(s, 2) ? "=%lld" : " = %lld", (long long)s->size[l]);
    }
}

static void write_text(sample *s)
{
    bool any = false;
    for (int i = 0; i < s->n; i++) {
        bool dotted = has_dots(&s->in[i]);
        any = any || dotted;
        put(s, i ? chance(s, 2) ? ", " : "," : "");
        put_term(s, &s->in[i], dotted);
    }
    put(s, chance(s, 2) ? " -> " : "->");
    put_term(s, &s->out, s->kind == EINSUM && any);
    choose_given(s);
    put_sizes(s);
}

void make_sample(sample *s, kind k, uint64_t seed)
{
    *s = (sample){.state = seed * 0x9e3779b97f4a7c15u + 88172645463325252u, .kind = k};
    for (int i = 0; i < 8; i++)
        pick(s, 2);
    make_labels(s);
    if (k == EINSUM) {
        make_einsum(s);
        make_ones(s);
    } else {
        make_unary(s);
    }
    write_text(s);
}

/* Operands. */

static int64_t dim_size(const sample *s, int operand, const dim *d)
{
    int64_t n = 1;
    for (int j = 0; j < d->n; j++)
        n *= operand >= 0 && s->one[operand][d->label[j]] ? 1 : s->size[d->label[j]];
    return n;
}

static tt_tensor *numbers(sample *s, tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    tt_tensor *x = tt_empty(ctx, TT_F64, ndim, shape);
    double *v = tt_data(x);
    for (int64_t i = 0; i < tt_numel(x); i++)
        v[i] = (double)pick(s, 9) - 4 + (dtype == TT_I64 ? 0 : (double)pick(s, 1000) / 1000);
    return tt_cast(x, dtype);
}

/* Twice as large in every axis, of which each second element is used. */
static tt_tensor *stepped(sample *s, tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    int64_t large[DIMS];
    char text[8 * DIMS] = "";
    for (int i = 0; i < ndim; i++) {
        large[i] = 2 * shape[i];
        strcat(text, i ? ", 1::2" : "1::2");
    }
    tt_tensor *x = numbers(s, ctx, dtype, ndim, large);
    return ndim ? tt_slice_n(x, text) : x;
}

static tt_tensor *laid_out(sample *s, tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    int64_t other[DIMS];
    int order[DIMS], back[DIMS];
    switch (pick(s, 5)) {
    case 0:
        return stepped(s, ctx, dtype, ndim, shape);
    case 1: /* the axes lie in another order */
        for (int i = 0; i < ndim; i++)
            order[i] = i;
        shuffle(s, ndim, order);
        for (int i = 0; i < ndim; i++) {
            other[i] = shape[order[i]];
            back[order[i]] = i;
        }
        return tt_permute(numbers(s, ctx, dtype, ndim, other), ndim, back);
    case 2:
        return ndim ? tt_flip(numbers(s, ctx, dtype, ndim, shape), TT_AXES(ndim - 1))
                    : numbers(s, ctx, dtype, ndim, shape);
    case 3: /* stride 0 */
        for (int i = 0; i < ndim; i++)
            other[i] = chance(s, 2) ? 1 : shape[i];
        return tt_expand(numbers(s, ctx, dtype, ndim, other), ndim, shape);
    default:
        return numbers(s, ctx, dtype, ndim, shape);
    }
}

void make_operands(sample *s, tt_ctx *ctx, tt_dtype dtype, tt_tensor **x)
{
    for (int i = 0; i < s->n; i++) {
        int64_t shape[DIMS];
        for (int k = 0; k < s->in[i].n; k++)
            shape[k] = dim_size(s, i, &s->in[i].dim[k]);
        x[i] = laid_out(s, ctx, dtype, s->in[i].n, shape);
    }
}

tt_tensor *run_sample(const sample *s, tt_tensor *const *x)
{
    switch (s->kind) {
    case EINSUM:
        return tt_einsum(s->text, s->n, x);
    case REARRANGE:
        return tt_rearrange_n(x[0], s->text, 0, NULL, NULL);
    case REDUCE:
        return tt_reduce_n(x[0], s->text, s->how, 0, NULL, NULL);
    default:
        return tt_repeat_n(x[0], s->text, 0, NULL, NULL);
    }
}

/* Meaning. */

/* The element of a term's tensor (in C order) at the labels' values. */
static int64_t element(const sample *s, int operand, const term *t, const int64_t *at)
{
    int64_t k = 0;
    for (int i = 0; i < t->n; i++)
        for (int j = 0; j < t->dim[i].n; j++) {
            int l = t->dim[i].label[j];
            bool one = operand >= 0 && s->one[operand][l];
            k = one ? k : k * s->size[l] + at[l];
        }
    return k;
}

int64_t out_numel(const sample *s)
{
    int64_t n = 1;
    for (int k = 0; k < s->out.n; k++)
        n *= dim_size(s, -1, &s->out.dim[k]);
    return n;
}

static double *values_of(tt_tensor *x)
{
    double *v = malloc(((size_t)tt_numel(x) + 1) * sizeof *v);
    tt_copy_out(tt_cast(x, TT_F64), v, (size_t)tt_numel(x) * sizeof *v);
    return v;
}

static double join(tt_reduction how, double a, double b, bool first)
{
    if (first)
        return b;
    return how == TT_MAX ? fmax(a, b) : how == TT_MIN ? fmin(a, b) : how == TT_PROD ? a * b : a + b;
}

static bool next(const sample *s, int64_t *at)
{
    for (int l = s->n_labels - 1; l >= 0; l--) {
        if (++at[l] < s->size[l])
            return true;
        at[l] = 0;
    }
    return false;
}

void naive(const sample *s, tt_tensor *const *x, double *out, const double *weight, double **grads)
{
    int64_t at[LABELS] = {0}, n = out_numel(s), count = 1;
    sample used = *s; /* labels that stand nowhere take part with size 1 */
    bool empty = false, *seen = calloc((size_t)n + 1, sizeof *seen);
    double *v[OPERANDS];
    memset(out, 0, (size_t)n * sizeof *out);
    for (int l = 0; l < s->n_labels; l++) {
        bool in = false, kept = has_label(&s->out, l);
        for (int i = 0; i < s->n; i++)
            in = in || has_label(&s->in[i], l);
        used.size[l] = in || kept ? s->size[l] : 1;
        empty = empty || used.size[l] == 0;
        count *= in && !kept ? s->size[l] : 1;
    }
    for (int i = 0; i < s->n; i++) {
        v[i] = values_of(x[i]);
        for (int64_t k = 0; grads && k < tt_numel(x[i]); k++)
            grads[i][k] = 0;
    }
    double scale = s->kind == REDUCE && s->how == TT_MEAN ? 1 / (double)count : 1;
    for (bool more = !empty; more; more = next(&used, at)) {
        double product = scale;
        int64_t to = element(s, -1, &s->out, at);
        for (int i = 0; i < s->n; i++)
            product *= v[i][element(s, i, &s->in[i], at)];
        out[to] = join(s->kind == REDUCE ? s->how : TT_SUM, out[to], product, !seen[to]);
        seen[to] = true;
        for (int i = 0; grads && i < s->n; i++) {
            double others = scale * weight[to];
            for (int j = 0; j < s->n; j++)
                others *= j == i ? 1 : v[j][element(s, j, &s->in[j], at)];
            grads[i][element(s, i, &s->in[i], at)] += others;
        }
    }
    for (int i = 0; i < s->n; i++)
        free(v[i]);
    free(seen);
}
