/* Decompositions and solvers against PyTorch (linalg.npz). */
#include "vectors.h"

/* The symmetric part, whose decompositions have the gradients of PyTorch's. */
#define SYM(x) tt_mul_scalar(tt_add(x, tt_transpose(x, -1, -2)), 0.5)
#define CASES  "linalg.def"
#include "cases.h"

int main(int argc, char **argv)
{
    const TTest *const tests[] = {rows};
    bool lists = argc > 1 && strcmp(argv[1], "--list") == 0;
    if (!lists && !strstr(tt_build_info(), "LAPACK: yes"))
        return 77;
    return vectors_main(argc, argv, "linalg", list_cases, tests, sizeof tests / sizeof *tests);
}
