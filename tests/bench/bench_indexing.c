/* Indexing against PyTorch. */
#define TABLE (1048576 * 64.0 * 4) /* bytes */

#define ROWS "indexing.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
