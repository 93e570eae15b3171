/* The loops of convolution_loops.c for one type, with T, LANES (of a vector) and NAME(x) defined.
 * Tiles are local arrays of constant size, which compilers keep in vector registers. */

static T NAME(fold)(T *restrict lane)
{
    for (int w = LANES / 2; w > 0; w /= 2)
        for (int l = 0; l < w; l++)
            lane[l] += lane[l + w];
    return lane[0];
}

#define TILE    NAME(tile)
#define ROWS    CHANNELS
#define COLUMNS (VECTORS * LANES)
#include "tile_typed.h"
#define TILE    NAME(line)
#define ROWS    1
#define COLUMNS (LINE * LANES)
#include "tile_typed.h"

#define DOTS   NAME(dots)
#define ROWS   SUM_ROWS
#define PLACES SUM_PLACES
#include "dots_typed.h"
#define DOTS   NAME(dots_line)
#define ROWS   1
#define PLACES LINE_PLACES
#include "dots_typed.h"

static double NAME(dot_rows)(int64_t rows, int64_t count, int64_t pitch, const void *vg,
                             const void *vx)
{
    const T *restrict g = vg, *restrict x = vx;
    T sum = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t q = 0; q < count; q++)
            sum += g[r * pitch + q] * x[r * pitch + q];
    return (double)sum;
}

static void NAME(put)(const conv_target *t, int64_t channels, const void *vtile, int64_t tile_step,
                      int64_t p, int64_t columns)
{
    const T *tile = vtile, *bias = t->bias;
    int64_t row = p / t->pitch, q = p % t->pitch;
    for (int64_t done = 0; done < columns; row++, q = 0) {
        int64_t n = t->count - q < columns - done ? t->count - q : columns - done;
        for (int64_t i = 0; i < channels && n > 0; i++) {
            T *restrict to = (T *)t->data + i * t->channel + row * t->row + q * t->col;
            const T *restrict from = tile + i * tile_step + done;
            const T b = bias ? bias[i * t->bias_step] : 0;
            if (t->col == 1)
                for (int64_t j = 0; j < n; j++)
                    to[j] = from[j] + b;
            else
                for (int64_t j = 0; j < n; j++)
                    to[j * t->col] = from[j] + b;
        }
        done += t->pitch - q;
    }
}

static void NAME(gather)(int64_t n, void *vto, int64_t to_step, const void *vfrom, int64_t step)
{
    T *restrict to = vto;
    const T *restrict from = vfrom;
    if (to_step == 1 && step == 1)
        for (int64_t i = 0; i < n; i++)
            to[i] = from[i];
    else if (to_step == 1 && step == 0) /* an expanded gradient, as that of a sum */
        for (int64_t i = 0; i < n; i++)
            to[i] = from[0];
    else if (to_step == 1 && step == 2)
        for (int64_t i = 0; i < n; i++)
            to[i] = from[2 * i];
    else
        for (int64_t i = 0; i < n; i++)
            to[i * to_step] = from[i * step];
}

static void NAME(add)(int64_t n, void *vto, const void *vfrom)
{
    T *restrict to = vto;
    const T *restrict from = vfrom;
    for (int64_t i = 0; i < n; i++)
        to[i] += from[i];
}
