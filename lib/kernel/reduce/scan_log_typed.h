/* Running log-sum-exps of one float type, included by scan.c with T and NAME(x) defined. */

static void NAME(log)(const lines *w)
{
    log_sum *restrict carry = w->carry;
    for (int64_t j = 0; j < w->m; j++)
        carry[j] = (log_sum){-(double)INFINITY, 0};
    for (int64_t i = 0; i < w->n; i++) {
        const T *in = (const T *)w->in + i * w->in_along;
        T *out = (T *)w->out + i * w->out_along;
        for (int64_t j = 0; j < w->m; j++) {
            carry[j] = log_sum_add(carry[j], (double)in[j * w->in_across]);
            out[j * w->out_across] = (T)(carry[j].m + log(carry[j].s));
        }
    }
}
