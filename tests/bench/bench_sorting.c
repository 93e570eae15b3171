/* Order against PyTorch and NumPy. */
#define ROWS "sorting.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
