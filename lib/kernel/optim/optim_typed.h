/* The loops of optim_loops.c over the elements [from, to) of one slot. Included once per type, with
 * T and NAME(x) defined. */

static void NAME(adam)(const optim_slot *s, int64_t from, int64_t to, const adam_args *o)
{
    T *restrict p = s->param, *restrict m = s->m, *restrict v = s->v;
    const T *restrict g = s->grad;
    const T keep = (T)(o->decoupled ? 1 - o->lr * o->weight_decay : 1);
    const T decay = (T)(o->decoupled ? 0 : o->weight_decay);
    const T b1 = (T)o->beta1, c1 = (T)(1 - o->beta1), b2 = (T)o->beta2;
    const T c2 = (T)(1 - o->beta2), eps = (T)o->eps;
    const T rate = (T)(o->lr / o->correction1), root = (T)(1 / sqrt(o->correction2));
    for (int64_t i = from; i < to; i++) {
        T w = p[i], d = g[i] + decay * w;
        T mean = b1 * m[i] + c1 * d, square = b2 * v[i] + c2 * d * d;
        m[i] = mean;
        v[i] = square;
        p[i] = w * keep - rate * mean / (NAME(sqrt)(square) * root + eps);
    }
}

static void NAME(sgd)(const optim_slot *s, int64_t from, int64_t to, const sgd_args *o)
{
    T *restrict p = s->param, *restrict m = s->m;
    const T *restrict g = s->grad;
    const T lr = (T)o->lr, decay = (T)o->weight_decay, momentum = (T)o->momentum;
    if (o->momentum == 0 || !m) {
        for (int64_t i = from; i < to; i++)
            p[i] -= lr * (g[i] + decay * p[i]);
        return;
    }
    const T fresh = (T)(o->first ? 1 : 1 - o->dampening), old = o->first ? 0 : momentum;
    const T direct = o->nesterov ? 1 : 0, carried = o->nesterov ? momentum : 1;
    for (int64_t i = from; i < to; i++) {
        T d = g[i] + decay * p[i];
        T b = (o->first ? 0 : old * m[i]) + fresh * d;
        m[i] = b;
        p[i] -= lr * (direct * d + carried * b);
    }
}

static void NAME(scale_grad)(const optim_slot *s, int64_t from, int64_t to, double factor)
{
    T *g = s->grad, f = (T)factor;
    for (int64_t i = from; i < to; i++)
        g[i] *= f;
}
