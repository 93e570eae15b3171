/* Linear algebra against SciPy and PyTorch. */
#include <tinytensor/tinytensor.h>

static tt_tensor *svd(tt_tensor *x)
{
    tt_tensor *u, *s, *vh;
    return tt_svd(x, false, &u, &s, &vh) == TT_OK ? vh : NULL;
}

static tt_tensor *eigh(tt_tensor *x)
{
    tt_tensor *w, *v;
    return tt_eigh(x, &w, &v) == TT_OK ? v : NULL;
}

static tt_tensor *qr(tt_tensor *x)
{
    tt_tensor *q, *r;
    return tt_qr(x, &q, &r) == TT_OK ? r : NULL;
}

#define ROWS "linalg.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
