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

static int distance(rgb a, rgb b)
{
    int r = a.r - b.r, g = a.g - b.g, blue = a.b - b.b;
    return 2 * r * r + 4 * g * g + 3 * blue * blue; /* the eye is keenest for green */
}

int palette_256(rgb c)
{
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    int best = 16, least = distance(c, (rgb){0, 0, 0});
    for (int k = 17; k < 256; k++) {
        int cube = k - 16, grey = 8 + 10 * (k - 232);
        rgb it = k < 232 ? (rgb){levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6]}
                         : (rgb){grey, grey, grey};
        int d = distance(c, it);
        if (d < least)
            least = d, best = k;
    }
    return best;
}
