/* The loops of one kind of rows of reduce_loops.def: NAME_row and NAME_column of loops.h for each
 * row. Included once per kind, after its rows' macro has been made ROW, with
 *   T, P(x)      the element, and the prefix of its copies (pack_typed.h)
 *   V            what an element is converted to before its value is taken
 *   L            lanes, partial results side by side
 *   A, F         the member of reduce_acc that accumulates, and the type that it is joined in
 *   NAME(x)      the prefix of this kind, and M(f) where the rows use it
 * of which all but T and P are undefined at the end. Values are inlined into the loops, whose
 * functions are made once per row. */

typedef L NAME(value_of)(V x, V c);
typedef L NAME(block_of)(int64_t n, const T *x, V c);

/* The upper half of 2 * width lanes joined into the lower. */
VECTOR void NAME(fold)(L *lane, join how, int width)
{
    for (int l = 0; l < width; l++)
        lane[l] = JOIN(how, lane[l], lane[l + width]);
}

/* n elements side by side, n <= BLOCK. */
VECTOR L NAME(block)(NAME(value_of) value, join how, L start, int64_t n, const T *x, V c)
{
    L lane[LANES(L)];
    T rest[LANES(L)] = {0};
    int64_t i = 0;
    for (int l = 0; l < LANES(L); l++)
        lane[l] = start;
    for (; i + LANES(L) <= n; i += LANES(L))
        for (int l = 0; l < LANES(L); l++) {
            L v = value((V)x[i + l], c);
            lane[l] = JOIN(how, lane[l], v);
        }
    if (i < n) {
        P(pack)(n - i, x + i, 1, rest);
        for (int l = 0; l < LANES(L); l++) {
            L v = l < n - i ? value((V)rest[l], c) : start;
            lane[l] = JOIN(how, lane[l], v);
        }
    }
    if (LANES(L) == 64)
        NAME(fold)(lane, how, 32);
    NAME(fold)(lane, how, 16);
    NAME(fold)(lane, how, 8);
    NAME(fold)(lane, how, 4);
    NAME(fold)(lane, how, 2);
    NAME(fold)(lane, how, 1);
    return lane[0];
}

/* n elements s apart: blocks, joined pairwise.
 * NOLINTNEXTLINE(misc-no-recursion): as deep as n can be halved */
static A NAME(span)(NAME(block_of) block, join how, int64_t n, const T *x, int64_t s, V c,
                    char *space)
{
    if (n > BLOCK) {
        int64_t half = (n / 2 + BLOCK - 1) / BLOCK * BLOCK;
        A a = NAME(span)(block, how, half, x, s, c, space);
        A b = NAME(span)(block, how, n - half, x + half * s, s, c, space);
        return JOIN(how, a, b);
    }
    if (s != 1) {
        T *packed = (T *)(void *)space;
        P(pack)(n, x, s, packed);
        x = packed;
    }
    return (A)block(n, x, c);
}

/* n rows of m elements side by side, rs apart. */
VECTOR void NAME(rows)(NAME(value_of) value, join how, L start, int64_t m, int64_t n,
                       const T *restrict x, int64_t rs, const V *restrict c, L *restrict lane)
{
    for (int64_t j = 0; j < m; j++)
        lane[j] = start;
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) { /* rows are streams: several at once hide their latency */
        const T *restrict p = x + i * rs, *restrict q = p + rs;
        const T *restrict r = q + rs, *restrict t = r + rs;
        for (int64_t j = 0; j < m; j++) {
            L v = value((V)p[j], c[j]), w = value((V)q[j], c[j]);
            v = JOIN(how, v, w);
            w = value((V)r[j], c[j]);
            v = JOIN(how, v, w);
            w = value((V)t[j], c[j]);
            v = JOIN(how, v, w);
            lane[j] = JOIN(how, lane[j], v);
        }
    }
    for (; i < n; i++)
        for (int64_t j = 0; j < m; j++) {
            L v = value((V)x[i * rs + j], c[j]);
            lane[j] = JOIN(how, lane[j], v);
        }
}

VECTOR void NAME(column)(NAME(value_of) value, join how, L start, int64_t m, int64_t n, const T *in,
                         int64_t cs, int64_t rs, const double *c, reduce_acc *a, char *space)
{
    const int64_t apart = (m + 7) / 8 * 8 * (int64_t)sizeof(double);
    L *restrict lane = (L *)(void *)space;
    V *restrict centre = (V *)(void *)(space + apart);
    T *restrict tile = (T *)(void *)(space + 2 * apart);
    for (int64_t j = 0; j < m; j++)
        centre[j] = c ? (V)c[j] : 0;
    int64_t depth = cs == 1 ? DEPTH : TILE;
    for (int64_t i = 0; i < n; i += depth) {
        int64_t rows = n - i < depth ? n - i : depth;
        const T *x = in + i * rs;
        if (cs == 1) {
            NAME(rows)(value, how, start, m, rows, x, rs, centre, lane);
        } else {
            P(pack_tile)(m, rows, x, cs, rs, tile);
            NAME(rows)(value, how, start, m, rows, tile, m, centre, lane);
        }
        for (int64_t j = 0; j < m; j++) {
            A u = (A)a[j].F, v = (A)lane[j];
            a[j].F = JOIN(how, u, v);
        }
    }
}

#include "reduce_loops.def"
#undef V
#undef L
#undef A
#undef F
#undef NAME
