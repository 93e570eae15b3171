/* Embedding: rows of a table, that is tt_take() along axis 0 under its own name. 16-bit rows become
 * float32, the type to compute in. */
#include <tinytensor/nn.h>
#include <tinytensor/shape.h>
#include "op/index/index.h"

static const op embedding = {.name = "embedding",
                             .infer = take_infer,
                             .forward = take_forward,
                             .vjp = take_vjp,
                             .saves = SAVE_IN(1)};

tt_tensor *tt_embedding(tt_tensor *weight, tt_tensor *indices)
{
    tt_tensor *in[] = {weight, indices};
    tt_tensor *rows = index_apply(&embedding, 2, in, 0);
    bool half = rows && dtype_is_half(rows->dtype);
    return half ? tt_cast(rows, TT_F32) : rows;
}
