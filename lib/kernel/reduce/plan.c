/* Turns the layouts of a reduction into two short lists of axes, kept and reduced, and decides how
 * the work is cut: input are strides and a mark per axis, output a reduce_plan. Axes that travel
 * together are merged, so that most reductions end as one row, one matrix or one stack of matrices.
 */
#include "plan.h"

enum {
    ROW_DEPTH = 16384,  /* elements of one unit in a row plan */
    COLUMN_DEPTH = 256, /* rows of one unit in a column plan */
    SHORT_ROW = 49,     /* rows below this are better reduced as columns */
    ROW_TASKS = 64,     /* outputs below which a row plan is cut along the reduced axes too */
    COLUMN_TASKS = 32
};

/* Whether axis b, the outer one, continues axis a in all operands. */
static bool continues(const reduce_axis *a, const reduce_axis *b)
{
    return b->in == a->in * a->size && b->out == a->out * a->size && b->aux == a->aux * a->size;
}

/* Inserts an axis so that strides in `in` grow; an expanded axis (stride 0) goes outermost. */
static void insert(int *n, reduce_axis *axes, reduce_axis a)
{
    int i = (*n)++;
    int64_t key = a.in == 0 ? INT64_MAX : magnitude(a.in);
    for (; i > 0; i--) {
        int64_t other = axes[i - 1].in == 0 ? INT64_MAX : magnitude(axes[i - 1].in);
        if (other <= key)
            break;
        axes[i] = axes[i - 1];
    }
    axes[i] = a;
}

static void merge(int *n, reduce_axis *axes)
{
    int kept = 0;
    for (int i = 1; i < *n; i++) {
        if (continues(&axes[kept], &axes[i]))
            axes[kept].size *= axes[i].size;
        else
            axes[++kept] = axes[i];
    }
    if (*n == 0)
        axes[0] = (reduce_axis){.size = 1};
    *n = kept + 1;
}

static int64_t product(int n, const reduce_axis *axes)
{
    int64_t size = 1;
    for (int i = 0; i < n; i++)
        size *= axes[i].size;
    return size;
}

static bool by_columns(const reduce_plan *p)
{
    const reduce_axis *k = &p->kept[0], *r = &p->red[0];
    if (k->size < 2 || k->in == 0)
        return false;
    if (r->size < 2 || r->in == 0 || magnitude(k->in) < magnitude(r->in))
        return true;
    return r->size < SHORT_ROW && k->size > r->size;
}

static void cut(reduce_plan *p)
{
    p->columns = by_columns(p);
    p->width = 1;
    p->chunks = 1;
    if (p->columns) {
        p->width = p->kept[0].in == 1 ? REDUCE_COLUMNS : REDUCE_STRIDED;
        p->width = smaller(p->width, p->kept[0].size > 0 ? p->kept[0].size : 1);
        p->chunks = ceil_div(p->kept[0].size, p->width);
    }
    p->depth = ROW_DEPTH;
    if (p->columns) /* narrow ones are run several rows at a time */
        p->depth =
            COLUMN_DEPTH * ceil_div(REDUCE_COLUMNS, smaller(REDUCE_COLUMNS, p->kept[0].size));
    int64_t inner = p->red[0].size, lines = reduce_lines(p);
    int64_t tasks = p->columns ? COLUMN_TASKS : ROW_TASKS;
    p->units = inner > 0 ? p->total / inner * ceil_div(inner, p->depth) : 0;
    p->parts = lines >= tasks || lines == 0 ? 1 : smaller(p->units, ceil_div(tasks, lines));
    if (p->parts < 1)
        p->parts = 1;
}

void reduce_plan_init(reduce_plan *p, const layout *in, const layout *out, const layout *aux,
                      const bool *reduced)
{
    p->nkept = p->nred = 0;
    for (int i = 0; i < in->ndim; i++) {
        if (in->shape[i] == 1)
            continue;
        reduce_axis a = {.size = in->shape[i], .in = in->stride[i]};
        if (!reduced[i]) {
            a.out = out->stride[i];
            a.aux = aux->stride[i];
        }
        if (reduced[i])
            insert(&p->nred, p->red, a);
        else
            insert(&p->nkept, p->kept, a);
    }
    merge(&p->nkept, p->kept);
    merge(&p->nred, p->red);
    p->outputs = product(p->nkept, p->kept);
    p->total = product(p->nred, p->red);
    cut(p);
}

void reduce_plan_rows(reduce_plan *p)
{
    p->columns = false;
    p->width = p->chunks = p->parts = 1;
}

int64_t reduce_lines(const reduce_plan *p)
{
    if (!p->columns)
        return p->outputs;
    return p->kept[0].size > 0 ? p->outputs / p->kept[0].size * p->chunks : 0;
}

reduce_line reduce_line_at(const reduce_plan *p, int64_t k)
{
    reduce_line l = {.m = 1};
    int first = 0;
    if (p->columns) {
        const reduce_axis *a = &p->kept[0];
        int64_t begin = k % p->chunks * p->width;
        k /= p->chunks;
        l.m = smaller(p->width, a->size - begin);
        l.in = begin * a->in;
        l.out = begin * a->out;
        l.aux = begin * a->aux;
        first = 1;
    }
    for (int i = first; i < p->nkept; i++) {
        const reduce_axis *a = &p->kept[i];
        int64_t index = k % a->size;
        l.in += index * a->in;
        l.out += index * a->out;
        l.aux += index * a->aux;
        k /= a->size;
    }
    return l;
}

int64_t reduce_offset(int n, const reduce_axis *axes, int64_t k)
{
    int64_t offset = 0;
    for (int i = 0; i < n; i++) {
        offset += k % axes[i].size * axes[i].in;
        k /= axes[i].size;
    }
    return offset;
}
