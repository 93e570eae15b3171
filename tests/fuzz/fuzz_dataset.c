/* The examples' readers of CSV and idx files: any bytes give rows and labels, or one line of error.
 */
#include <stdlib.h>
#include <string.h>

#include "common/dataset.h"
#include "fuzz.h"

static const char csv[] = "a,b,label\n1,2,0\n-3.5,4e2,1\n,7,1\n0,nan,2\n";
static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 8, 9, 255};

const uint8_t *fuzz_seed(int i, size_t *size)
{
    *size = i == 0 ? sizeof csv - 1 : sizeof images;
    return i == 0 ? (const uint8_t *)csv : i == 1 ? images : NULL;
}

/* A reader that fails says so in one line, and holds nothing. */
static void expect_error(const dataset *d)
{
    if (!*d->error || strchr(d->error, '\n') || d->x || d->y || d->n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dataset d = {0};
    const char *path = fuzz_file(data, size, ".data");
    if (dataset_read_csv(path, &d)) {
        double sum = 0;
        for (int64_t i = 0; i < d.n * d.features; i++)
            sum += (double)d.x[i];
        if (d.n <= 0 || d.y[d.n - 1] < 0 || d.y[d.n - 1] >= d.classes || sum == 1e300)
            abort();
    } else {
        expect_error(&d);
    }
    dataset_free(&d);
    d = (dataset){0};
    if (!dataset_read_idx(path, path, &d))
        expect_error(&d);
    else if (d.n < 0)
        abort();
    dataset_free(&d);
    return 0;
}
