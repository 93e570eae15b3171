/* Round numbers. Input: the range of the values and how many numbers have room; output: an axis.
 * Invariant: marks rise by 1, 2 or 5 times a power of ten, lie within the axis, and are never more
 * than AXIS_MARKS, whatever the range. */
#include "axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double LARGEST = 1e300; /* differences of such numbers are numbers */

double axis_step(double span, int most)
{
    double least = span / most, power = pow(10, floor(log10(least)));
    double part = least / power * (1 - 1e-9); /* an exact 2 is 2, not 5 */
    return power * (part > 5 ? 10 : part > 2 ? 5 : part > 1 ? 2 : 1);
}

/* A number of an axis that goes up to `largest` in such steps: thousands as k, with as many
 * decimals as the step needs. */
static void write_number(char *text, size_t size, double v, double step, double largest)
{
    double unit = 1;
    const char *letter = "";
    if (step >= 1000 && largest >= 1e4 && largest < 1e12) {
        unit = largest >= 1e9 ? 1e9 : largest >= 1e6 ? 1e6 : 1e3;
        letter = largest >= 1e9 ? "G" : largest >= 1e6 ? "M" : "k";
    }
    int decimals = (int)-floor(log10(step / unit) + 1e-9);
    if (fabs(v) < step / 1e6)
        snprintf(text, size, "0");
    else if (decimals > 5 || largest >= 1e12)
        snprintf(text, size, "%.4g", v);
    else
        snprintf(text, size, "%.*f%s", decimals < 0 ? 0 : decimals, v / unit, letter);
}

static void add_mark(axis *a, double at, const char *text)
{
    if (a->n == AXIS_MARKS || (a->n > 0 && at <= a->marks[a->n - 1].at))
        return;
    a->marks[a->n].at = at;
    snprintf(a->marks[a->n++].text, sizeof a->marks->text, "%s", text);
}

static void mark_linear(axis *a, double step)
{
    double largest = fmax(fabs(a->lo), fabs(a->hi)), slack = step * 1e-6;
    double first = ceil((a->lo - slack) / step);
    for (int k = 0; k < AXIS_MARKS && (first + k) * step <= a->hi + slack; k++) {
        char text[32];
        double v = (first + k) * step;
        write_number(text, sizeof text, v, step, largest);
        add_mark(a, v, text);
    }
}

/* Numbers, in order, and not too large for sums. */
static void tidy(double *lo, double *hi)
{
    if (!(*lo <= *hi))
        *lo = 0, *hi = 1;
    *lo = fmin(fmax(*lo, -LARGEST), LARGEST);
    *hi = fmin(fmax(*hi, -LARGEST), LARGEST);
}

axis axis_counts(double lo, double hi, int most)
{
    tidy(&lo, &hi);
    if (hi - lo < 1)
        lo = floor(lo), hi = lo + fmax(1, fabs(lo) / 1e6);
    axis a = {.lo = lo, .hi = hi};
    mark_linear(&a, fmax(1, axis_step(hi - lo, most)));
    return a;
}

axis axis_values(double lo, double hi, int most)
{
    tidy(&lo, &hi);
    double size = fmax(fabs(lo), fabs(hi));
    if (hi - lo <= size * 1e-6) {
        double pad = size > 0 ? size / 10 : 1;
        lo -= pad, hi += pad;
    }
    double step = axis_step(hi - lo, most);
    axis a = {.lo = floor(lo / step + 1e-6) * step, .hi = ceil(hi / step - 1e-6) * step};
    mark_linear(&a, step);
    return a;
}

axis axis_shares(double lo, int most)
{
    lo = lo >= 0 && lo <= 0.95 ? lo : lo > 0.95 ? 0.95 : 0;
    double step = axis_step(1 - lo, most);
    axis a = {.lo = floor(lo / step + 1e-6) * step, .hi = 1};
    mark_linear(&a, step);
    return a;
}

/* 1, 2 or 5 times a power of ten: the next one that is not above, or not below. */
static double round_log(double v, bool up)
{
    double power = pow(10, floor(log10(v) + 1e-9)), part = v / power;
    if (up)
        return power * (part <= 1 + 1e-9 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
    return power * (part >= 5 ? 5 : part >= 2 ? 2 : 1);
}

static void write_power(char *text, size_t size, int part, int exponent)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    if (exponent >= -4 && exponent <= 4) {
        snprintf(text, size, "%g", part * pow(10, exponent));
        return;
    }
    char digits[16], before[16] = "";
    if (part != 1)
        snprintf(before, sizeof before, "%d·", part);
    snprintf(digits, sizeof digits, "%d", abs(exponent));
    snprintf(text, size, "%s10%s", before, exponent < 0 ? "⁻" : "");
    for (const char *c = digits; *c; c++)
        snprintf(text + strlen(text), size - strlen(text), "%s", raised[*c - '0']);
}

axis axis_log(double lo, double hi, int most)
{
    axis a = {.lo = round_log(fmin(fmax(lo, 1e-300), LARGEST), false),
              .hi = round_log(fmin(hi, LARGEST), true)};
    a.log = true;
    if (a.hi < a.lo * 2)
        a.hi = a.lo * 10;
    int first = (int)floor(log10(a.lo) + 1e-9), last = (int)ceil(log10(a.hi) - 1e-9);
    int decades = last - first, every = (decades + most - 1) / most;
    bool fine = 3 * log10(a.hi / a.lo) <= most + 0.5;
    for (int e = first; e <= last; e++)
        for (int part = 1; part < 10; part++) {
            double v = part * pow(10, e);
            char text[32] = "";
            if (v < a.lo * (1 - 1e-9) || v > a.hi * (1 + 1e-9) || (part > 1 && decades > 6))
                continue;
            if ((part == 1 && e % every == 0) || (fine && (part == 2 || part == 5)))
                write_power(text, sizeof text, part, e);
            if (*text || part > 1)
                add_mark(&a, v, text);
        }
    return a;
}

double axis_part(const axis *a, double value)
{
    if (!a->log)
        return (value - a->lo) / (a->hi - a->lo);
    return value <= a->lo ? 0 : log(value / a->lo) / log(a->hi / a->lo);
}
