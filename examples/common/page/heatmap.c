/* What a pattern shows, in numbers: the diagonal with most of the weight. */
#include "heatmap.h"

/* A diagonal is worth a word if its mean weight is at least this. */
static const double MARKED = 0.3;

double pattern_diagonal(const pattern *p, int64_t *back)
{
    double best = 0;
    *back = 0;
    for (int64_t d = 0; d <= p->n * 3 / 4; d++) { /* of few places chance makes a diagonal */
        double sum = 0;
        for (int64_t q = d; q < p->n; q++)
            sum += (double)p->weights[q * p->n + q - d];
        if (sum > best * (double)(p->n - d)) {
            best = sum / (double)(p->n - d);
            *back = d;
        }
    }
    return best;
}

void pattern_words(const pattern *p, char *text, size_t size)
{
    int64_t back;
    double mean = pattern_diagonal(p, &back);
    if (mean < MARKED)
        snprintf(text, size, "no fixed distance");
    else if (back == 0)
        snprintf(text, size, "reads itself: %.2f", mean);
    else
        snprintf(text, size, "reads %lld back: %.2f", (long long)back, mean);
}
