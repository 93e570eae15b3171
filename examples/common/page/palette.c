/* Tables of colours. Lines are told apart by people who do not see red and green as different;
 * weights run through one hue, so that more is darker on a light ground and lighter on a dark one.
 */
#include "palette.h"

#include <math.h>

rgb palette_line(int k, bool dark)
{
    static const rgb lines[2][PALETTE_LINES] = {
        {{31, 111, 180},
         {209, 90, 10},
         {32, 134, 87},
         {142, 68, 173},
         {110, 110, 110},
         {163, 125, 0}},
        {{106, 180, 240},
         {255, 158, 84},
         {92, 205, 150},
         {204, 153, 230},
         {170, 170, 170},
         {226, 196, 80}},
    };
    return lines[dark][k % PALETTE_LINES];
}

rgb palette_weight(double weight, bool dark)
{
    static const rgb stops[2][5] = {
        {{241, 244, 248}, {178, 210, 235}, {92, 160, 212}, {32, 102, 172}, {8, 43, 98}},
        {{33, 39, 48}, {26, 74, 117}, {40, 127, 186}, {98, 184, 228}, {232, 247, 255}},
    };
    double at = fmin(fmax(weight, 0), 1) * 4;
    int k = at >= 4 ? 3 : (int)at;
    const rgb *a = &stops[dark][k], *b = a + 1;
    at -= k;
    return (rgb){(int)lround(a->r + at * (b->r - a->r)), (int)lround(a->g + at * (b->g - a->g)),
                 (int)lround(a->b + at * (b->b - a->b))};
}

int palette_weight_256(double weight)
{
    static const int ramp[] = {235, 237, 24, 25, 31, 32, 38, 74, 81, 117, 153, 195, 231};
    enum { LAST = sizeof ramp / sizeof *ramp - 1 };
    return ramp[lround(fmin(fmax(weight, 0), 1) * LAST)];
}
