/* Running sums, products and extrema of one type, and the places of the extrema: included by scan.c
 * with T (the element), S (the carried sum or product), TOTAL (the element of the result of these),
 * LOWEST and HIGHEST (of T), IS_NAN(v) and NAME(x) defined. */

#define C       S
#define R       TOTAL
#define WALK(x) NAME(x##_of_totals)
#include "scan_walk_typed.h"

#define C       T
#define R       T
#define WALK(x) NAME(x##_of_extrema)
#include "scan_walk_typed.h"

VECTOR S NAME(add)(S c, S v)
{
    return c + v;
}

VECTOR S NAME(multiply)(S c, S v)
{
    return c * v;
}

VECTOR T NAME(larger)(T c, T v)
{
    return v > c || IS_NAN(v) ? v : c;
}

VECTOR T NAME(smaller)(T c, T v)
{
    return v < c || IS_NAN(v) ? v : c;
}

static void NAME(sum)(const lines *w)
{
    NAME(lines_of_totals)(w, (S)-0.0, NAME(add)); /* which adds nothing to -0, either */
}

static void NAME(prod)(const lines *w)
{
    NAME(lines_of_totals)(w, 1, NAME(multiply));
}

static void NAME(max)(const lines *w)
{
    NAME(lines_of_extrema)(w, LOWEST, NAME(larger));
}

static void NAME(min)(const lines *w)
{
    NAME(lines_of_extrema)(w, HIGHEST, NAME(smaller));
}

/* The place of the extremum instead of its value; the first element of a line is taken as it is. */
VECTOR void NAME(places)(const lines *w, bool largest)
{
    int64_t *restrict at = w->carry;
    T *restrict best = (T *)(at + w->m);
    for (int64_t i = 0; i < w->n; i++) {
        const T *in = (const T *)w->in + i * w->in_along;
        int64_t *out = (int64_t *)w->out + i * w->out_along;
        for (int64_t j = 0; j < w->m; j++) {
            T v = in[j * w->in_across];
            bool better = largest ? v > best[j] : v < best[j];
            if (i == 0 || (!IS_NAN(best[j]) && (better || IS_NAN(v)))) {
                best[j] = v;
                at[j] = w->first + i * w->step;
            }
            out[j * w->out_across] = at[j];
        }
    }
}

static void NAME(argmax)(const lines *w)
{
    NAME(places)(w, true);
}

static void NAME(argmin)(const lines *w)
{
    NAME(places)(w, false);
}
