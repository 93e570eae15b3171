/* The integer geometry under every view, against slow and obvious versions of itself. */
#define _DEFAULT_SOURCE /* rand_r */
#include "tensor/layout.h"
#include "unit.h"

static layout shaped(int ndim, const int64_t *shape)
{
    layout l;
    ck_assert(layout_init(&l, ndim, shape));
    return l;
}

START_TEST(contiguous_strides)
{
    layout l = shaped(TT_SHAPE(2, 3, 4));
    ck_assert_int_eq(l.stride[0], 12);
    ck_assert_int_eq(l.stride[1], 4);
    ck_assert_int_eq(l.stride[2], 1);
    ck_assert(layout_is_contiguous(&l));
    ck_assert_int_eq(layout_numel(&l), 24);
    l.stride[0] = 99; /* no matter while the size is 1 */
    l.shape[0] = 1;
    ck_assert(layout_is_contiguous(&l));
}
END_TEST

START_TEST(overflow_is_found)
{
    layout l;
    ck_assert(!layout_init(&l, TT_SHAPE(INT64_MAX, 2)));
    ck_assert(!layout_init(&l, TT_SHAPE(0, INT64_MAX, 2)));
    ck_assert(!layout_init(&l, TT_SHAPE(-1)));
    ck_assert(layout_init(&l, TT_SHAPE(0, 5)));
    ck_assert_int_eq(layout_numel(&l), 0);
}
END_TEST

START_TEST(broadcasting)
{
    layout a = shaped(TT_SHAPE(2, 1, 4)), b = shaped(TT_SHAPE(3, 1)), out;
    ck_assert(layout_broadcast(&out, &a, &b));
    ck_assert_int_eq(out.shape[0], 2);
    ck_assert_int_eq(out.shape[1], 3);
    ck_assert_int_eq(out.shape[2], 4);
    layout c = shaped(TT_SHAPE(5));
    ck_assert(!layout_broadcast(&out, &a, &c));
    layout zero = shaped(TT_SHAPE(0)), one = shaped(TT_SHAPE(1));
    ck_assert(layout_broadcast(&out, &zero, &one));
    ck_assert_int_eq(out.shape[0], 0);
}
END_TEST

/* Random strided layouts and random regroupings of their sizes: where reshape finds strides, each
 * element lies where it lay before. */
START_TEST(reshape_keeps_every_element)
{
    unsigned seed = 1;
    int views = 0;
    for (int trial = 0; trial < 20000; trial++) {
        int64_t factors[6], n = 1;
        layout in = {.ndim = 0}, out;
        int blocked, count = 1 + rand_r(&seed) % 6;
        for (int i = 0; i < count; i++)
            n *= factors[i] = 1 + rand_r(&seed) % 3;
        int64_t step = 1;
        for (int i = count - 1; i >= 0; i--) {
            in.shape[i] = factors[i];
            in.stride[i] = step * (rand_r(&seed) % 4 == 0 ? -1 : 1);
            step *= factors[i] * (rand_r(&seed) % 5 == 0 ? 2 : 1);
        }
        in.ndim = count;
        int64_t shape[12], left = n;
        int ndim = 0;
        while (left > 1 && ndim < 11) {
            int64_t f = 1 + rand_r(&seed) % 6;
            if (left % f == 0) {
                shape[ndim++] = f;
                left /= f;
            }
        }
        shape[ndim++] = left;
        if (!layout_reshape(&out, &in, ndim, shape, &blocked))
            continue;
        views++;
        for (int64_t k = 0; k < n; k++)
            ck_assert_int_eq(layout_at(&out, k), layout_at(&in, k));
    }
    ck_assert_int_gt(views, 1000);
}
END_TEST

START_TEST(overlap)
{
    layout l = shaped(TT_SHAPE(3, 4));
    ck_assert(!layout_overlaps(&l));
    l.stride[0] = 0;
    ck_assert(layout_overlaps(&l));
    l.stride[0] = -4;
    ck_assert(!layout_overlaps(&l));
    l.stride[0] = 2; /* windows */
    ck_assert(layout_overlaps(&l));
}
END_TEST

RUN_TESTS("layout", contiguous_strides, overflow_is_found, broadcasting,
          reshape_keeps_every_element, overlap)
