/* Division that rounds down, as Python's, and its remainder. Included once per float type, with T
 * and NAME(x) defined. */

/* Python's: the sign of y; a zero has it too */
static inline T NAME(remainder)(T x, T y)
{
    T r = NAME(fmod)(x, y);
    if (r == 0)
        return NAME(copysign)(r, y);
    return (r < 0) != (y < 0) && r == r ? r + y : r;
}

/* from the exact remainder, so that y * result + remainder is x as nearly as can be */
static inline T NAME(floor_divide)(T x, T y)
{
    if (y == 0)
        return x / y;
    T r = NAME(fmod)(x, y), q = (x - r) / y;
    if (r != 0 && (r < 0) != (y < 0))
        q -= 1;
    return q == 0 ? NAME(copysign)(0, x / y) : NAME(round)(q);
}
