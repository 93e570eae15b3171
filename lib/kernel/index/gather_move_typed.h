/* Reading and writing elements of one size: included by gather.c after gather_typed.h, with T and
 * NAME(x) defined. */

VECTOR void NAME(get_one)(T *d, T *o)
{
    *o = *d;
}

VECTOR void NAME(get_row)(int64_t n, T *restrict d, T *restrict o)
{
    memcpy(o, d, (size_t)n * sizeof *o);
}

static bool NAME(get)(const line *l)
{
    return NAME(line)(l, NAME(get_one), NAME(get_row));
}

VECTOR void NAME(put_one)(T *d, T *o)
{
    *d = *o;
}

VECTOR void NAME(put_row)(int64_t n, T *restrict d, T *restrict o)
{
    memcpy(d, o, (size_t)n * sizeof *d);
}

static bool NAME(put)(const line *l)
{
    return NAME(line)(l, NAME(put_one), NAME(put_row));
}
