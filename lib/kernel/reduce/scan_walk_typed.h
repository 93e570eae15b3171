/* A walk with a carried value, c = next(c, element), included by scan_typed.h with T (element of
 * in), C (carried), R (element of out) and WALK(x) defined. A single line carries in a register. */

VECTOR void WALK(line)(const lines *w, C c, C (*next)(C, C))
{
    const T *in = (const T *)w->in;
    R *out = (R *)w->out;
    for (int64_t i = 0; i < w->n; i++) {
        c = next(c, (C)in[i * w->in_along]);
        out[i * w->out_along] = (R)c;
    }
}

VECTOR void WALK(lines)(const lines *w, C start, C (*next)(C, C))
{
    C *restrict carry = w->carry;
    if (w->m == 1) {
        WALK(line)(w, start, next);
        return;
    }
    for (int64_t j = 0; j < w->m; j++)
        carry[j] = start;
    for (int64_t i = 0; i < w->n; i++) {
        const T *in = (const T *)w->in + i * w->in_along;
        R *out = (R *)w->out + i * w->out_along;
        for (int64_t j = 0; j < w->m; j++) {
            carry[j] = next(carry[j], (C)in[j * w->in_across]);
            out[j * w->out_across] = (R)carry[j];
        }
    }
}

#undef C
#undef R
#undef WALK
