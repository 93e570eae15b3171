/* Greedy choice, temperature, top-k, top-p (A. Holtzman et al., The Curious Case of Neural Text
 * Degeneration, 2020), and the repetition penalty of CTRL (N. S. Keskar et al., 2019). */
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

/* ---- a heap with the largest logit at its root; of equal ones the smaller id ---- */

static bool above(candidate a, candidate b)
{
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

static void sink(candidate *heap, int64_t n, int64_t i)
{
    candidate c = heap[i];
    for (int64_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && above(heap[child + 1], heap[child]))
            child++;
        if (!above(heap[child], c))
            break;
        heap[i] = heap[child];
    }
    heap[i] = c;
}

/* Moves the root behind the heap's end. */
static candidate pop(candidate *heap, int64_t *n)
{
    candidate top = heap[0];
    heap[0] = heap[--*n];
    heap[*n] = top;
    if (*n > 0)
        sink(heap, *n, 0);
    return top;
}

int64_t sample(float *logits, int64_t n, const int64_t *before, int64_t n_before,
               const sample_options *o, double uniform, candidate *room)
{
    if (o->repetition_penalty != 1)
        penalize(logits, n, before, n_before, o->repetition_penalty, room);
    int64_t best = largest(logits, n);
    if (o->greedy || o->temperature == 0 || n == 1)
        return best;
    double scale = 1 / o->temperature, top = (double)logits[best], total = 0, kept = 0, sum = 0;
    int64_t k = o->top_k > 0 && o->top_k < n ? o->top_k : n;
    for (int64_t i = 0; i < n; i++) {
        room[i] = (candidate){logits[i], (int32_t)i};
        total += exp(((double)logits[i] - top) * scale);
    }
    if (k == n && o->top_p >= 1) { /* nothing is left out: no order is needed */
        for (int64_t i = 0; i < n; i++) {
            sum += exp(((double)logits[i] - top) * scale);
            if (sum > uniform * total)
                return i;
        }
        return best;
    }
    int64_t left = n, taken = 0;
    for (int64_t i = n / 2 - 1; i >= 0; i--)
        sink(room, n, i);
    if (k < n) { /* top-p is of what top-k leaves */
        total = 0;
        for (int64_t i = 0; i < k; i++)
            total += exp(((double)pop(room, &left).logit - top) * scale);
    }
    /* popped candidates stand at the end, the best one last */
    while (taken < k && (taken == 0 || kept < o->top_p * total)) {
        candidate c = k < n ? room[n - 1 - taken] : pop(room, &left);
        kept += exp(((double)c.logit - top) * scale);
        taken++;
    }
    for (int64_t i = 0; i < taken; i++) {
        candidate c = room[n - 1 - i];
        sum += exp(((double)c.logit - top) * scale);
        if (sum > uniform * kept)
            return c.id;
    }
    return room[n - taken].id;
}
