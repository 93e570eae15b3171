/* Places a gap apart. With the gaps taken out of the sorted places, the task is to make a sequence
 * rise: neighbours that do not are pooled at their mean (M. Ayer et al., An empirical distribution
 * function for sampling with incomplete information, 1955). */
#include "labels.h"

#include <math.h>

static void sort(int n, const double *places, int *order)
{
    for (int i = 0; i < n; i++) {
        int k = i;
        for (; k > 0 && places[order[k - 1]] > places[i]; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
}

void labels_spread(int n, double *places, double gap, double lo, double hi)
{
    int order[LABELS_MOST], of[LABELS_MOST], pools = 0;
    double sum[LABELS_MOST];
    n = n < LABELS_MOST ? n : LABELS_MOST;
    if (n > 1)
        gap = fmin(gap, (hi - lo) / (n - 1));
    sort(n, places, order);
    for (int i = 0; i < n; i++) {
        sum[pools] = places[order[i]] - i * gap;
        of[pools++] = 1;
        while (pools > 1 && sum[pools - 2] / of[pools - 2] >= sum[pools - 1] / of[pools - 1]) {
            pools--;
            sum[pools - 1] += sum[pools];
            of[pools - 1] += of[pools];
        }
    }
    for (int p = 0, i = 0; p < pools; p++)
        for (int k = 0; k < of[p]; k++, i++)
            places[order[i]] = fmin(fmax(sum[p] / of[p], lo), hi - (n - 1) * gap) + i * gap;
}
