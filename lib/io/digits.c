/* Numbers as NumPy writes them. Input: a value and its dtype; output: text. The digits are
 * printf's, which rounds exactly; how many there are is tried out. Invariant: the point is '.',
 * whatever locale the program has set. */
#include "digits.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of a dtype that is nearest to v, ties to even; float64 keeps it. */
static double nearest(tt_dtype dtype, double v)
{
    if (v == 0 || dtype == TT_F64)
        return v;
    int bits = dtype == TT_F32 ? 24 : dtype == TT_F16 ? 11 : 8;
    int least = dtype == TT_F32 ? -149 : dtype == TT_F16 ? -24 : -133;
    int unit = ilogb(v) + 1 - bits;
    double ulp = ldexp(1.0, unit < least ? least : unit);
    return nearbyint(v / ulp) * ulp;
}

/* Whether v with n digits after the first reads back as v. A power of two has a wider gap above
 * than below, so that the text one step further from 0 may do where the nearest does not. */
static bool reads_back(tt_dtype dtype, double v, int n, char *text)
{
    int power;
    snprintf(text, DIGITS_TEXT, "%.*e", n, v);
    double got = strtod(text, NULL);
    if (nearest(dtype, got) == v)
        return true;
    if (fabs(frexp(v, &power)) != 0.5 || fabs(got) > fabs(v))
        return false;
    double step = pow(10, atoi(strchr(text, 'e') + 1) - n);
    snprintf(text, DIGITS_TEXT, "%.*e", n, got + copysign(step, v));
    return nearest(dtype, strtod(text, NULL)) == v;
}

/* Writes v with the fewest digits that read back as v; returns how many follow the first. */
static int shortest(tt_dtype dtype, double v, char *text)
{
    int most = dtype == TT_F64 ? 16 : dtype == TT_F32 ? 8 : dtype == TT_F16 ? 4 : 3;
    for (int n = 0; n < most; n++)
        if (reads_back(dtype, v, n, text))
            return n;
    snprintf(text, DIGITS_TEXT, "%.*e", most, v);
    return most;
}

/* Makes the point that printf has written, in whatever locale, a '.'; adds one if there is none. */
static void plain_point(char *text)
{
    char *p = text + (*text == '-');
    p += strspn(p, "0123456789");
    size_t n = strcspn(p, "0123456789e");
    memmove(p + 1, p + n, strlen(p + n) + 1);
    *p = '.';
}

static void trim_zeros(char *text)
{
    size_t n = strlen(text);
    while (n && text[n - 1] == '0')
        text[--n] = '\0';
}

void digits_fixed(tt_dtype dtype, double v, int precision, char *text)
{
    int more = shortest(dtype, v, text);
    int fraction = more - atoi(strchr(text, 'e') + 1);
    bool limited = precision >= 0;
    if (!limited || (fraction >= 0 && fraction <= precision))
        v = strtod(text, NULL); /* else v is cut off, or has no fraction: all its digits count */
    fraction = fraction < 0 ? 0 : limited && fraction > precision ? precision : fraction;
    snprintf(text, DIGITS_TEXT, "%.*f", fraction, v);
    plain_point(text);
    trim_zeros(strchr(text, '.'));
}

void digits_scientific(tt_dtype dtype, double v, int precision, int least, int exponent, char *text)
{
    char digits[DIGITS_TEXT];
    int more = shortest(dtype, v, digits), wanted = more > precision ? precision : more;
    wanted = wanted < least ? least : wanted;
    if (wanted != more)
        snprintf(digits, sizeof digits, "%.*e", wanted, v);
    plain_point(digits);
    char *mark = strchr(digits, 'e');
    int power = atoi(mark + 1);
    *mark = '\0';
    for (; wanted > least && mark[-1] == '0'; wanted--) /* what was cut off may end in zeros */
        *--mark = '\0';
    snprintf(text, DIGITS_TEXT, "%.40se%c%0*d", digits, power < 0 ? '-' : '+', exponent,
             abs(power));
}

void digits_alone(tt_dtype dtype, double v, char *text)
{
    double size = fabs(v);
    if (!isfinite(v)) {
        snprintf(text, DIGITS_TEXT, "%s", isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
    } else if (size == 0 || (size >= 1e-4 && size < 1e16)) {
        digits_fixed(dtype, v, -1, text);
        size_t n = strlen(text);
        if (text[n - 1] == '.')
            memcpy(text + n, "0", 2);
    } else {
        digits_scientific(dtype, v, DIGITS_TEXT / 2, 0, 2, text);
        char *point = strchr(text, '.');
        if (point[1] == 'e')
            memmove(point, point + 1, strlen(point));
    }
}
