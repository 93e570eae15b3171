/* Numbers as NumPy writes them, one at a time: the fewest digits that read back as the same value
 * of their dtype. */
#ifndef TT_IO_DIGITS_H
#define TT_IO_DIGITS_H

#include <tinytensor/tensor.h>

/* Room for every text that these functions write. */
enum { DIGITS_TEXT = 64 };

/* With a point and without an exponent, at most `precision` digits behind the point, and no zeros
 * at the end: "1.", "0.25". A negative precision is no limit, and makes zeros of digits before the
 * point that are not needed, as NumPy has it for numbers that stand alone. For |v| below 1e16. */
void digits_fixed(tt_dtype dtype, double v, int precision, char *text);

/* With an exponent of at least `exponent` digits and at most `precision` digits behind the point,
 * but at least `least`, exact ones: "1.50e-05". */
void digits_scientific(tt_dtype dtype, double v, int precision, int least, int exponent,
                       char *text);

/* As NumPy writes a number that stands alone: "1.0", "1e+16", "nan". */
void digits_alone(tt_dtype dtype, double v, char *text);

#endif
