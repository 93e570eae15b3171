/* Functions of matrices, and products given by factors, against PyTorch, which forms them. */
#define ROWS "matrices.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
