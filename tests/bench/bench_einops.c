/* Patterns against PyTorch and NumPy. */
#define ATTENTION (2.0 * 4 * 12 * 256 * 256 * 64) /* floating point operations */
#define IMAGES    (2 * 32.0 * 224 * 224 * 3 * 4)  /* bytes, read and written */
#define MAP       (32.0 * 64 * 112 * 112 * 4)     /* bytes */

#define ROWS "einops.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
