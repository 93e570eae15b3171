/* Greedy choice, temperature, top-k, top-p (A. Holtzman et al., The Curious Case of Neural Text
 * Degeneration, 2020), and the repetition penalty of CTRL (N. S. Keskar et al., 2019). Invariant:
 * the choice is a function of the logits, the tokens before and the uniform number alone. */
#include "sample.h"

#include <math.h>

/* Tokens that have been said become less likely, once each: a mark in `room` tells which were met.
 */
static void penalize(float *logits, int64_t n, const int64_t *before, int64_t n_before,
                     double penalty, candidate *room)
{
    enum { MET = -1 };
    const float p = (float)penalty;
    for (int64_t i = 0; i < n; i++)
        room[i].id = 0;
    for (int64_t i = 0; i < n_before; i++) {
        int64_t id = before[i];
        if (id < 0 || id >= n || room[id].id == MET)
            continue;
        logits[id] *= logits[id] > 0 ? 1 / p : p;
        room[id].id = MET;
    }
}

static int64_t largest(const float *logits, int64_t n)
{
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++)
        if (logits[i] > logits[best])
            best = i;
    return best;
}

/* Of equal ones the smaller id. */
static bool above(candidate a, candidate b)
{
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

#define HEAP_ITEM              candidate
#define HEAP_ABOVE(user, a, b) above(a, b)
#include "common/heap.h"

/* Moves the likeliest of *n behind the heap's end. */
static candidate pop(candidate *heap, int64_t *n)
{
    candidate top = heap_pop(heap, (*n)--, NULL);
    heap[*n] = top;
    return top;
}

/* How likely a logit is beside the best one, which is 1. */
typedef struct measure {
    double scale, top;
} measure;

static double weight(const measure *m, float logit)
{
    return exp(((double)logit - m->top) * m->scale);
}

/* Any of n, each as likely as its weight; no order is needed. */
static int64_t choose_any(const float *logits, int64_t n, const measure *m, double total,
                          double uniform, int64_t best)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += weight(m, logits[i]);
        if (sum > uniform * total)
            return i;
    }
    return best;
}

/* One of the k likeliest, and of these one of the likeliest that add up to top_p of their weight.
 */
static int64_t choose_likely(candidate *room, int64_t n, int64_t k, double top_p, const measure *m,
                             double total, double uniform)
{
    int64_t left = n, taken = 0;
    double kept = 0, sum = 0;
    for (int64_t i = n / 2 - 1; i >= 0; i--)
        heap_sink(room, n, i, room[i], NULL);
    if (k < n) { /* top-p is of what top-k leaves */
        total = 0;
        for (int64_t i = 0; i < k; i++)
            total += weight(m, pop(room, &left).logit);
    }
    /* popped candidates stand at the end, the best one last */
    while (taken < k && (taken == 0 || kept < top_p * total)) {
        candidate c = k < n ? room[n - 1 - taken] : pop(room, &left);
        kept += weight(m, c.logit);
        taken++;
    }
    for (int64_t i = 0; i < taken; i++) {
        candidate c = room[n - 1 - i];
        sum += weight(m, c.logit);
        if (sum > uniform * kept)
            return c.id;
    }
    return room[n - taken].id;
}

int64_t sample(float *logits, int64_t n, const int64_t *before, int64_t n_before,
               const sample_options *o, double uniform, candidate *room)
{
    if (o->repetition_penalty != 1)
        penalize(logits, n, before, n_before, o->repetition_penalty, room);
    int64_t best = largest(logits, n);
    if (o->greedy || o->temperature == 0 || n == 1)
        return best;
    measure m = {1 / o->temperature, (double)logits[best]};
    double total = 0;
    int64_t k = o->top_k > 0 && o->top_k < n ? o->top_k : n;
    for (int64_t i = 0; i < n; i++) {
        room[i] = (candidate){logits[i], (int32_t)i};
        total += weight(&m, logits[i]);
    }
    return k == n && o->top_p >= 1 ? choose_any(logits, n, &m, total, uniform, best)
                                   : choose_likely(room, n, k, o->top_p, &m, total, uniform);
}
