/* Inner loops of softmax, cross entropy, binary cross entropy and the optimisers, compiled once per
 * instruction set. Sums run in LANES partial sums over blocks, which are added in double. Tails of
 * rows are padded with -inf, which changes neither a maximum nor a sum of exponentials. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/isa/vmath.h"
#include "fused_loops.h"

enum { LANES = 32, BLOCK = 1024, COLUMNS = FUSED_COLUMNS, DEPTH = 16 };

#define LANE_LOOP for (int l = 0; l < LANES; l++)

/* The upper half of 2 * WIDTH lanes joined into the lower. */
#define FOLD(LANE, JOIN, WIDTH)                                                                    \
    for (int l = 0; l < WIDTH; l++)                                                                \
        LANE[l] = JOIN(LANE[l], LANE[l + WIDTH]);
#define FOLD_ALL(LANE, JOIN)                                                                       \
    FOLD(LANE, JOIN, 16)                                                                           \
    FOLD(LANE, JOIN, 8) FOLD(LANE, JOIN, 4) FOLD(LANE, JOIN, 2) FOLD(LANE, JOIN, 1)
#define PLUS(a, b)   ((a) + (b))
#define LARGER(a, b) ((b) > (a) ? (b) : (a)) /* no NaN wins: the sum will see to that */

#define ROW_LOOPS(P, T, EXP, MINUS_INF)                                                            \
    static void P##_pad(int64_t n, const T *x, T *rest)                                            \
    {                                                                                              \
        LANE_LOOP                                                                                  \
        rest[l] = MINUS_INF;                                                                       \
        memcpy(rest, x, (size_t)n * sizeof *x);                                                    \
    }                                                                                              \
    static T P##_max(int64_t n, const T *x)                                                        \
    {                                                                                              \
        T lane[LANES], rest[LANES];                                                                \
        int64_t i = 0;                                                                             \
        LANE_LOOP                                                                                  \
        lane[l] = MINUS_INF;                                                                       \
        for (; i + LANES <= n; i += LANES)                                                         \
            LANE_LOOP                                                                              \
        lane[l] = LARGER(lane[l], x[i + l]);                                                       \
        if (i < n) {                                                                               \
            P##_pad(n - i, x + i, rest);                                                           \
            LANE_LOOP                                                                              \
            lane[l] = LARGER(lane[l], rest[l]);                                                    \
        }                                                                                          \
        FOLD_ALL(lane, LARGER)                                                                     \
        return lane[0];                                                                            \
    }                                                                                              \
    /* sum of exp(x - m) over at most a block; the second one also stores exp(x - m) */            \
    static T P##_sum_exp(int64_t n, const T *x, T m)                                               \
    {                                                                                              \
        T lane[LANES] = {0}, rest[LANES];                                                          \
        int64_t i = 0;                                                                             \
        for (; i + LANES <= n; i += LANES)                                                         \
            LANE_LOOP                                                                              \
        lane[l] += EXP(x[i + l] - m);                                                              \
        if (i < n) {                                                                               \
            P##_pad(n - i, x + i, rest);                                                           \
            LANE_LOOP                                                                              \
            lane[l] += EXP(rest[l] - m);                                                           \
        }                                                                                          \
        FOLD_ALL(lane, PLUS)                                                                       \
        return lane[0];                                                                            \
    }                                                                                              \
    static T P##_store_exp(int64_t n, T *y, const T *x, T m)                                       \
    {                                                                                              \
        T lane[LANES] = {0}, rest[LANES];                                                          \
        int64_t i = 0;                                                                             \
        for (; i + LANES <= n; i += LANES) {                                                       \
            _Pragma("omp simd") LANE_LOOP                                                          \
            {                                                                                      \
                T v = EXP(x[i + l] - m);                                                           \
                y[i + l] = v;                                                                      \
                lane[l] += v;                                                                      \
            }                                                                                      \
        }                                                                                          \
        if (i < n) {                                                                               \
            P##_pad(n - i, x + i, rest);                                                           \
            LANE_LOOP                                                                              \
            rest[l] = EXP(rest[l] - m);                                                            \
            LANE_LOOP                                                                              \
            lane[l] += rest[l];                                                                    \
            memcpy(y + i, rest, (size_t)(n - i) * sizeof *y);                                      \
        }                                                                                          \
        FOLD_ALL(lane, PLUS)                                                                       \
        return lane[0];                                                                            \
    }                                                                                              \
    /* sum of a[i] b[i] (b NULL: of a[i]) over at most a block */                                  \
    static T P##_dot(int64_t n, const T *a, const T *b)                                            \
    {                                                                                              \
        T lane[LANES] = {0}, tail = 0;                                                             \
        int64_t i = 0;                                                                             \
        if (b) {                                                                                   \
            for (; i + LANES <= n; i += LANES)                                                     \
                LANE_LOOP                                                                          \
            lane[l] += a[i + l] * b[i + l];                                                        \
        } else {                                                                                   \
            for (; i + LANES <= n; i += LANES)                                                     \
                LANE_LOOP                                                                          \
            lane[l] += a[i + l];                                                                   \
        }                                                                                          \
        for (; i < n; i++)                                                                         \
            tail += b ? a[i] * b[i] : a[i];                                                        \
        FOLD_ALL(lane, PLUS)                                                                       \
        return lane[0] + tail;                                                                     \
    }

#define SOFTMAX_ROWS(P, T, EXP, MINUS_INF)                                                         \
    static void P##_softmax_row(int64_t n, void *out, const void *in, bool log_)                   \
    {                                                                                              \
        T *y = out, m = P##_max(n, in);                                                            \
        const T *x = in;                                                                           \
        double sum = 0;                                                                            \
        m = m == MINUS_INF ? 0 : m;                                                                \
        for (int64_t i = 0; i < n; i += BLOCK) {                                                   \
            int64_t k = n - i < BLOCK ? n - i : BLOCK;                                             \
            sum += (double)(log_ ? P##_sum_exp(k, x + i, m) : P##_store_exp(k, y + i, x + i, m));  \
        }                                                                                          \
        T s = (T)(sum == 0 ? 0 : log_ ? log(sum) : 1 / sum);                                       \
        if (log_) {                                                                                \
            for (int64_t i = 0; i < n; i++)                                                        \
                y[i] = (x[i] - m) - s;                                                             \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                y[i] *= s;                                                                         \
        }                                                                                          \
    }                                                                                              \
    static void P##_softmax_grad_row(int64_t n, void *out, const void *result, const void *grad,   \
                                     bool log_)                                                    \
    {                                                                                              \
        T *gx = out;                                                                               \
        const T *y = result, *gy = grad;                                                           \
        double sum = 0;                                                                            \
        for (int64_t i = 0; i < n; i += BLOCK)                                                     \
            sum += (double)P##_dot(n - i < BLOCK ? n - i : BLOCK, gy + i, log_ ? NULL : y + i);    \
        T s = (T)sum;                                                                              \
        if (log_) {                                                                                \
            for (int64_t i = 0; i < n; i++)                                                        \
                gx[i] = gy[i] - EXP(y[i]) * s;                                                     \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                gx[i] = y[i] * (gy[i] - s);                                                        \
        }                                                                                          \
    }

/* Columns side by side: each step along the axis is a row of up to COLUMNS elements. The sums are
 * taken in the pass that finds the maxima, so that memory is read twice only: after every DEPTH
 * rows those so far are scaled to the new maximum. */
#define SOFTMAX_COLUMNS(P, T, EXP, MINUS_INF)                                                      \
    static void P##_raise(int64_t m, int64_t n, const T *x, int64_t across, int64_t along, T *top, \
                          double *sum)                                                             \
    {                                                                                              \
        T old[COLUMNS], part[COLUMNS];                                                             \
        for (int64_t j = 0; j < m; j++)                                                            \
            old[j] = top[j];                                                                       \
        for (int64_t i = 0; i < n; i++)                                                            \
            for (int64_t j = 0; j < m; j++)                                                        \
                top[j] = LARGER(top[j], x[i * along + j * across]);                                \
        for (int64_t j = 0; j < m; j++)                                                            \
            sum[j] *= (double)(top[j] == MINUS_INF ? 1 : EXP(old[j] - top[j]));                    \
        for (int64_t j = 0; j < m; j++) {                                                          \
            old[j] = top[j] == MINUS_INF ? 0 : top[j];                                             \
            part[j] = 0;                                                                           \
        }                                                                                          \
        for (int64_t i = 0; i < n; i++)                                                            \
            for (int64_t j = 0; j < m; j++)                                                        \
                part[j] += EXP(x[i * along + j * across] - old[j]);                                \
        for (int64_t j = 0; j < m; j++)                                                            \
            sum[j] += (double)part[j];                                                             \
    }                                                                                              \
    static void P##_columns(int64_t m, int64_t n, fused_matrix out, fused_matrix in, bool log_)    \
    {                                                                                              \
        T top[COLUMNS], last[COLUMNS], *y = (T *)(void *)out.data;                                 \
        double sum[COLUMNS];                                                                       \
        const T *x = (const T *)(const void *)in.data;                                             \
        int64_t xs = in.across, ys = out.across;                                                   \
        for (int64_t j = 0; j < m; j++) {                                                          \
            top[j] = MINUS_INF;                                                                    \
            sum[j] = 0;                                                                            \
        }                                                                                          \
        for (int64_t i = 0; i < n; i += DEPTH)                                                     \
            P##_raise(m, n - i < DEPTH ? n - i : DEPTH, x + i * in.along, xs, in.along, top, sum); \
        for (int64_t j = 0; j < m; j++) {                                                          \
            top[j] = top[j] == MINUS_INF ? 0 : top[j];                                             \
            last[j] = (T)(sum[j] == 0 ? 0 : log_ ? log(sum[j]) : 1 / sum[j]);                      \
        }                                                                                          \
        for (int64_t i = 0; i < n; i++) {                                                          \
            const T *from = x + i * in.along;                                                      \
            T *to = y + i * out.along;                                                             \
            if (log_) {                                                                            \
                _Pragma("omp simd") for (int64_t j = 0; j < m; j++) to[j * ys] =                   \
                    (from[j * xs] - top[j]) - last[j];                                             \
            } else {                                                                               \
                _Pragma("omp simd") for (int64_t j = 0; j < m; j++) to[j * ys] =                   \
                    EXP(from[j * xs] - top[j]) * last[j];                                          \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    static void P##_grad_columns(int64_t m, int64_t n, fused_matrix out, fused_matrix result,      \
                                 fused_matrix grad, bool log_)                                     \
    {                                                                                              \
        double sum[COLUMNS] = {0};                                                                 \
        T *gx = (T *)(void *)out.data;                                                             \
        const T *y = (const T *)(const void *)result.data;                                         \
        const T *gy = (const T *)(const void *)grad.data;                                          \
        for (int64_t i = 0; i < n; i++)                                                            \
            for (int64_t j = 0; j < m; j++) {                                                      \
                T g = gy[i * grad.along + j * grad.across];                                        \
                sum[j] += (double)(log_ ? g : g * y[i * result.along + j * result.across]);        \
            }                                                                                      \
        for (int64_t i = 0; i < n; i++)                                                            \
            for (int64_t j = 0; j < m; j++) {                                                      \
                T v = y[i * result.along + j * result.across];                                     \
                T g = gy[i * grad.along + j * grad.across];                                        \
                T s = (T)sum[j];                                                                   \
                gx[i * out.along + j * out.across] = log_ ? g - EXP(v) * s : v * (g - s);          \
            }                                                                                      \
    }                                                                                              \
    static void P##_softmax_columns(int64_t m, int64_t n, fused_matrix y, fused_matrix x,          \
                                    bool log_)                                                     \
    {                                                                                              \
        if (x.across == 1 && y.across == 1) {                                                      \
            fused_matrix x1 = {x.data, 1, x.along}, y1 = {y.data, 1, y.along};                     \
            P##_columns(m, n, y1, x1, log_);                                                       \
        } else {                                                                                   \
            P##_columns(m, n, y, x, log_);                                                         \
        }                                                                                          \
    }                                                                                              \
    static void P##_softmax_grad_columns(int64_t m, int64_t n, fused_matrix gx, fused_matrix y,    \
                                         fused_matrix gy, bool log_)                               \
    {                                                                                              \
        if (gx.across == 1 && y.across == 1 && gy.across == 1) {                                   \
            fused_matrix gx1 = {gx.data, 1, gx.along}, y1 = {y.data, 1, y.along};                  \
            fused_matrix gy1 = {gy.data, 1, gy.along};                                             \
            P##_grad_columns(m, n, gx1, y1, gy1, log_);                                            \
        } else {                                                                                   \
            P##_grad_columns(m, n, gx, y, gy, log_);                                               \
        }                                                                                          \
    }

#define LOSSES(P, T, EXP, SOFTPLUS, SIGMOID, ABS, MINUS_INF)                                       \
    static double P##_lse(int64_t n, const void *in, int64_t stride)                               \
    {                                                                                              \
        T packed[BLOCK], rest[LANES], m = MINUS_INF;                                               \
        double sum = 0;                                                                            \
        for (int64_t i = 0; i < n; i += BLOCK) {                                                   \
            int64_t k = n - i < BLOCK ? n - i : BLOCK;                                             \
            const T *x = (const T *)in + i * stride;                                               \
            for (int64_t j = 0; j < k && stride != 1; j++)                                         \
                packed[j] = x[j * stride];                                                         \
            x = stride == 1 ? x : packed;                                                          \
            if (n < LANES) { /* padded here once, instead of twice below */                        \
                P##_pad(k, x, rest);                                                               \
                x = rest;                                                                          \
                k = LANES;                                                                         \
            }                                                                                      \
            T top = P##_max(k, x);                                                                 \
            if (top > m) {                                                                         \
                sum *= sum == 0 ? 1 : exp((double)m - (double)top);                                \
                m = top;                                                                           \
            }                                                                                      \
            sum += (double)P##_sum_exp(k, x, m == MINUS_INF ? 0 : m);                              \
        }                                                                                          \
        return (m == MINUS_INF ? 0 : (double)m) + log(sum);                                        \
    }                                                                                              \
    static void P##_cross_entropy_grad(int64_t n, void *out, int64_t gs, const void *in,           \
                                       int64_t xs, const void *weight, int64_t ws, double lse,     \
                                       double scale, double shift)                                 \
    {                                                                                              \
        const T *x = in, *w = weight;                                                              \
        T *g = out, c = (T)lse, a = (T)scale, b = (T)shift;                                        \
        if (gs == 1 && xs == 1) {                                                                  \
            for (int64_t i = 0; i < n; i++)                                                        \
                g[i] = a * EXP(x[i] - c);                                                          \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                g[i * gs] = a * EXP(x[i * xs] - c);                                                \
        }                                                                                          \
        for (int64_t i = 0; i < n && b != 0; i++)                                                  \
            g[i * gs] -= w ? b * w[i * ws] : b;                                                    \
    }                                                                                              \
    static inline T P##_bce_of(T z, T t)                                                           \
    {                                                                                              \
        return ((z > 0 || z != z ? z : 0) - z * t) + SOFTPLUS(-ABS(z));                            \
    }                                                                                              \
    static void P##_bce(int64_t n, char *const *ptr, const int64_t *step, const void *arg)         \
    {                                                                                              \
        const int64_t size = sizeof(T), a = step[0] / size, b = step[1] / size,                    \
                      c = step[2] / size;                                                          \
        T *loss = (T *)(void *)ptr[0];                                                             \
        const T *z = (const T *)(const void *)ptr[1], *t = (const T *)(const void *)ptr[2];        \
        (void)arg;                                                                                 \
        if (a == 1 && b == 1 && c == 1) {                                                          \
            for (int64_t i = 0; i < n; i++)                                                        \
                loss[i] = P##_bce_of(z[i], t[i]);                                                  \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                loss[i * a] = P##_bce_of(z[i * b], t[i * c]);                                      \
        }                                                                                          \
    }                                                                                              \
    static void P##_bce_grad(int64_t n, char *const *ptr, const int64_t *step, const void *arg)    \
    {                                                                                              \
        const int64_t size = sizeof(T), a = step[0] / size, b = step[1] / size,                    \
                      c = step[2] / size;                                                          \
        const int64_t d = step[3] / size;                                                          \
        T *gz = (T *)(void *)ptr[0];                                                               \
        const T *z = (const T *)(const void *)ptr[1], *t = (const T *)(const void *)ptr[2];        \
        const T *g = (const T *)(const void *)ptr[3];                                              \
        (void)arg;                                                                                 \
        if (a == 1 && b == 1 && c == 1 && d == 1) {                                                \
            for (int64_t i = 0; i < n; i++)                                                        \
                gz[i] = g[i] * (SIGMOID(z[i]) - t[i]);                                             \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                gz[i * a] = g[i * d] * (SIGMOID(z[i * b]) - t[i * c]);                             \
        }                                                                                          \
    }

#define OPTIMISERS(P, T, SQRT)                                                                     \
    static void P##_adam(const optim_slot *s, int64_t from, int64_t to, const adam_args *o)        \
    {                                                                                              \
        T *restrict p = s->param, *restrict m = s->m, *restrict v = s->v;                          \
        const T *restrict g = s->grad;                                                             \
        const T keep = (T)(o->decoupled ? 1 - o->lr * o->weight_decay : 1);                        \
        const T decay = (T)(o->decoupled ? 0 : o->weight_decay);                                   \
        const T b1 = (T)o->beta1, c1 = (T)(1 - o->beta1), b2 = (T)o->beta2;                        \
        const T c2 = (T)(1 - o->beta2), eps = (T)o->eps;                                           \
        const T rate = (T)(o->lr / o->correction1), root = (T)(1 / sqrt(o->correction2));          \
        for (int64_t i = from; i < to; i++) {                                                      \
            T w = p[i], d = g[i] + decay * w;                                                      \
            T mean = b1 * m[i] + c1 * d, square = b2 * v[i] + c2 * d * d;                          \
            m[i] = mean;                                                                           \
            v[i] = square;                                                                         \
            p[i] = w * keep - rate * mean / (SQRT(square) * root + eps);                           \
        }                                                                                          \
    }                                                                                              \
    static void P##_sgd(const optim_slot *s, int64_t from, int64_t to, const sgd_args *o)          \
    {                                                                                              \
        T *restrict p = s->param, *restrict m = s->m;                                              \
        const T *restrict g = s->grad;                                                             \
        const T lr = (T)o->lr, decay = (T)o->weight_decay, momentum = (T)o->momentum;              \
        if (o->momentum == 0 || !m) {                                                              \
            for (int64_t i = from; i < to; i++)                                                    \
                p[i] -= lr * (g[i] + decay * p[i]);                                                \
            return;                                                                                \
        }                                                                                          \
        const T fresh = (T)(o->first ? 1 : 1 - o->dampening), old = o->first ? 0 : momentum;       \
        const T direct = o->nesterov ? 1 : 0, carried = o->nesterov ? momentum : 1;                \
        for (int64_t i = from; i < to; i++) {                                                      \
            T d = g[i] + decay * p[i];                                                             \
            T b = (o->first ? 0 : old * m[i]) + fresh * d;                                         \
            m[i] = b;                                                                              \
            p[i] -= lr * (direct * d + carried * b);                                               \
        }                                                                                          \
    }                                                                                              \
    static void P##_scale_grad(const optim_slot *s, int64_t from, int64_t to, double factor)       \
    {                                                                                              \
        T *g = s->grad, f = (T)factor;                                                             \
        for (int64_t i = from; i < to; i++)                                                        \
            g[i] *= f;                                                                             \
    }

ROW_LOOPS(f32, float, f32_exp, -INFINITY)
ROW_LOOPS(f64, double, f64_exp, -(double)INFINITY)
SOFTMAX_ROWS(f32, float, f32_exp, -INFINITY)
SOFTMAX_ROWS(f64, double, f64_exp, -(double)INFINITY)
SOFTMAX_COLUMNS(f32, float, f32_exp, -INFINITY)
SOFTMAX_COLUMNS(f64, double, f64_exp, -(double)INFINITY)
LOSSES(f32, float, f32_exp, f32_softplus, f32_sigmoid, f32_abs, -INFINITY)
LOSSES(f64, double, f64_exp, f64_softplus, f64_sigmoid, f64_abs, -(double)INFINITY)
OPTIMISERS(f32, float, sqrtf)
OPTIMISERS(f64, double, sqrt)

#define TABLE(P)                                                                                   \
    {                                                                                              \
        P##_softmax_row, P##_softmax_columns, P##_softmax_grad_row, P##_softmax_grad_columns,      \
            P##_lse, P##_cross_entropy_grad, P##_bce, P##_bce_grad, P##_adam, P##_sgd,             \
            P##_scale_grad                                                                         \
    }

const fused_kernels ISA(fused_loops) = {.of = {TABLE(f32), TABLE(f64)}};
