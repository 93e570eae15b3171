/* Data for the perceptron. Input: a CSV or a folder of idx files; output: tensors. Invariant: no
 * row that is tested on takes part in the scale that all are brought to. */
#define _POSIX_C_SOURCE 200809L /* access */
#include "split.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/dataset.h"
#include "common/program.h"

static bool exists(const char *path)
{
    return access(path, R_OK) == 0;
}

/* DIR/NAME or DIR/NAME.gz, whichever is there. */
static const char *idx_file(const char *dir, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", dir, name);
    if (!exists(path))
        snprintf(path, size, "%s/%s.gz", dir, name);
    return path;
}

static void read_folder(const char *dir, dataset *train, dataset *test)
{
    char images[4096], labels[4096];
    idx_file(dir, "train-images-idx3-ubyte", images, sizeof images);
    idx_file(dir, "train-labels-idx1-ubyte", labels, sizeof labels);
    if (!dataset_read_idx(images, labels, train))
        program_fail("%s", train->error);
    idx_file(dir, "t10k-images-idx3-ubyte", images, sizeof images);
    idx_file(dir, "t10k-labels-idx1-ubyte", labels, sizeof labels);
    if (!dataset_read_idx(images, labels, test))
        program_fail("%s", test->error);
    if (test->features != train->features)
        program_fail("%s: pictures of another size than in the training set", images);
}

static split tensors_of(tt_ctx *ctx, const dataset *d, const dataset *test, double fraction)
{
    split s = {.features = d->features, .classes = d->classes};
    tt_tensor *x = tt_from_data(ctx, TT_F32, TT_SHAPE(d->n, d->features), d->x);
    tt_tensor *y = tt_from_data(ctx, TT_I64, TT_SHAPE(d->n), d->y);
    if (test->n) {
        s.classes = test->classes > s.classes ? test->classes : s.classes;
        s.x = x;
        s.y = y;
        s.val_x = tt_from_data(ctx, TT_F32, TT_SHAPE(test->n, test->features), test->x);
        s.val_y = tt_from_data(ctx, TT_I64, TT_SHAPE(test->n), test->y);
    } else {
        int64_t held = (int64_t)((double)d->n * fraction);
        if (held < 1 || held >= d->n)
            program_fail("--val-fraction: leaves no rows to train on or to test on");
        tt_tensor *order = tt_randperm(ctx, d->n);
        tt_tensor *val = tt_narrow(order, 0, 0, held),
                  *rest = tt_narrow(order, 0, held, d->n - held);
        s.val_x = tt_take(x, 0, val);
        s.val_y = tt_take(y, 0, val);
        s.x = tt_take(x, 0, rest);
        s.y = tt_take(y, 0, rest);
    }
    return s;
}

/* One scale for all, from the training rows: mean 0 and standard deviation 1. */
static void scale(split *s)
{
    double mean = tt_item(tt_mean(s->x, TT_ALL_AXES, false));
    double std = tt_item(tt_std(s->x, TT_ALL_AXES, 0, false));
    s->x = tt_mul_scalar(tt_sub_scalar(s->x, mean), 1 / (std > 0 ? std : 1));
    s->val_x = tt_mul_scalar(tt_sub_scalar(s->val_x, mean), 1 / (std > 0 ? std : 1));
}

split split_read(tt_ctx *ctx, const char *path, double fraction)
{
    dataset d = {0}, test = {0};
    struct stat st;
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    if (folder)
        read_folder(path, &d, &test);
    else if (!dataset_read_csv(path, &d))
        program_fail("%s", d.error);
    split s = tensors_of(ctx, &d, &test, fraction);
    scale(&s);
    dataset_free(&d);
    dataset_free(&test);
    return s;
}
