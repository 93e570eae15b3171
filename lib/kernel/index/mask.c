/* Places of nonzeros, and selection by mask. C order decides the results, so one thread walks line
 * by line. */
#include "gather.h"
#include "kernel/isa/isa.h"
#include "kernel/reduce/reduce.h"
#include "kernel/walk/walk.h"

int64_t nonzero_count(const exec *x, operand in)
{
    int64_t count = 0;
    bool all[LAYOUT_MAX_NDIM];
    layout one = {.ndim = in.at->ndim};
    for (int i = 0; i < in.at->ndim; i++) {
        all[i] = true;
        one.shape[i] = 1;
        one.stride[i] = 1;
    }
    operand out = {&count, &one, TT_I64};
    reduce_run(x, &(reduce_args){.id = REDUCE_count_nonzero, .out = out, .in = in, .reduced = all});
    return count;
}

static bool is_nonzero(tt_dtype t, const char *p)
{
    switch (t) {
    case TT_F32:
        return *(const float *)(const void *)p != 0;
    case TT_F64:
        return *(const double *)(const void *)p != 0;
    case TT_I64:
        return *(const int64_t *)(const void *)p != 0;
    case TT_I32:
        return *(const int32_t *)(const void *)p != 0;
    case TT_F16:
    case TT_BF16:
        return (*(const uint16_t *)(const void *)p & 0x7fff) != 0;
    default:
        return *p != 0;
    }
}

void nonzero_run(const exec *x, operand out, operand in)
{
    (void)x;
    const layout *at = in.at;
    int64_t place[LAYOUT_MAX_NDIM] = {0}, row = 0, count = layout_numel(at);
    int64_t size = element_size(in.dtype), *to = out.data;
    const char *p = in.data;
    for (int64_t k = 0; k < count && row < out.at->shape[0]; k++) {
        if (is_nonzero(in.dtype, p)) {
            for (int i = 0; i < at->ndim; i++)
                to[row * out.at->stride[0] + i * out.at->stride[1]] = place[i];
            row++;
        }
        for (int i = at->ndim - 1; i >= 0; i--) {
            p += at->stride[i] * size;
            if (++place[i] < at->shape[i])
                break;
            p -= at->shape[i] * at->stride[i] * size;
            place[i] = 0;
        }
    }
}

#define EACH "kernel/index/mask_typed.h"
#include "kernel/isa/each_size.h"

typedef int64_t masked_fn(int64_t n, char *data, int64_t step, const uint8_t *mask, int64_t mstep,
                          char *vector, int64_t vstep, int64_t room);

static void masked(operand data, operand mask, operand vector, masked_fn *fn)
{
    int64_t size = element_size(data.dtype), step = vector.at->stride[0], done = 0;
    walk w;
    walk_layouts(&w, data.at, mask.at, NULL);
    for (walk_start(&w, 0); w.left > 0; walk_next(&w))
        done += fn(w.n, (char *)data.data + w.at[0] * size, w.step[0],
                   (const uint8_t *)mask.data + w.at[1], w.step[1],
                   (char *)vector.data + done * step * size, step, vector.at->shape[0] - done);
}

void masked_select_run(const exec *x, operand out, operand in, operand mask)
{
    static masked_fn *const fn[] = {[1] = b1_pack, [2] = b2_pack, [4] = b4_pack, [8] = b8_pack};
    (void)x;
    masked(in, mask, out, fn[element_size(in.dtype)]);
}

void masked_scatter_run(const exec *x, operand into, operand mask, operand src)
{
    static masked_fn *const fn[] = {
        [1] = b1_unpack, [2] = b2_unpack, [4] = b4_unpack, [8] = b8_unpack};
    (void)x;
    masked(into, mask, src, fn[element_size(into.dtype)]);
}
