/* Interpolation in one type of floats: included by search.c after search_typed.h, with T and
 * NAME(x) defined. */

/* Where the line from the left point is not a number (an infinite point), the one from the right is
 * taken; between two equal points it is level, whatever the slope (numpy.interp). */
static void NAME(interp)(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    const search_rows *r = j->r;
    const T *values = r->values, *xp = r->sorted, *fp = j->heights;
    T *out = j->out;
    for (int64_t i = begin; i < end; i++) {
        double x = (double)values[i], y;
        int64_t at = NAME(find)(r->n, xp, values[i], true) - 1;
        if (r->n == 1 || at < 0) {
            y = IS_NAN(x) && r->n > 1 ? x : (double)fp[0];
        } else if (at >= r->n - 1) {
            y = IS_NAN(x) ? x : (double)fp[r->n - 1];
        } else {
            double x0 = (double)xp[at], x1 = (double)xp[at + 1];
            double y0 = (double)fp[at], y1 = (double)fp[at + 1], slope = (y1 - y0) / (x1 - x0);
            y = x == x0 ? y0 : slope * (x - x0) + y0;
            if (IS_NAN(y))
                y = slope * (x - x1) + y1;
            if (IS_NAN(y) && y0 == y1)
                y = y0;
        }
        out[i] = (T)y;
    }
}
