/* Order against PyTorch and NumPy. */
#include "vectors.h"

#define CASES "sorting.def"
#include "cases.h"

int main(int argc, char **argv)
{
    const TTest *const tests[] = {rows};
    return vectors_main(argc, argv, "sorting", list_cases, tests, sizeof tests / sizeof *tests);
}
