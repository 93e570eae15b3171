/* Axes of charts: round steps, whatever the range; and labels that are moved apart. */
#include "common/page/axis.h"
#include "common/page/labels.h"
#include "unit.h"

static void expect_marks(const axis *a, const char *texts)
{
    char got[1024] = "";
    for (int k = 0; k < a->n; k++)
        if (*a->marks[k].text)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", *got ? " " : "",
                     a->marks[k].text);
    ck_assert_str_eq(got, texts);
}

START_TEST(steps_are_1_2_or_5_times_a_power_of_ten)
{
    static const struct {
        double span;
        int most;
        double step;
    } rows[] = {{10, 10, 1},   {10, 5, 2},    {10, 4, 5},       {10, 3, 5},       {10, 1, 10},
                {600, 6, 100}, {601, 6, 200}, {0.03, 6, 0.005}, {1e-9, 5, 2e-10}, {7e12, 6, 2e12}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double step = axis_step(rows[i].span, rows[i].most);
        ck_assert_msg(fabs(step / rows[i].step - 1) < 1e-9, "%g in %d: %g, not %g", rows[i].span,
                      rows[i].most, step, rows[i].step);
    }
}
END_TEST

START_TEST(numbers_have_the_decimals_of_their_step)
{
    axis a = axis_values(0.07, 0.58, 6);
    expect_marks(&a, "0 0.1 0.2 0.3 0.4 0.5 0.6");
    a = axis_values(2.33, 4.22, 6);
    expect_marks(&a, "2.0 2.5 3.0 3.5 4.0 4.5");
    a = axis_values(-1, 1, 5);
    expect_marks(&a, "-1.0 -0.5 0 0.5 1.0");
    a = axis_counts(0, 40000, 5);
    expect_marks(&a, "0 10k 20k 30k 40k");
    a = axis_counts(0, 3e6, 6);
    expect_marks(&a, "0 0.5M 1.0M 1.5M 2.0M 2.5M 3.0M");
}
END_TEST

START_TEST(what_is_counted_has_whole_marks_only)
{
    axis a = axis_counts(0, 3, 10);
    expect_marks(&a, "0 1 2 3");
    a = axis_counts(1, 1, 6);
    expect_marks(&a, "1 2");
    a = axis_counts(7, 43, 6);
    expect_marks(&a, "10 20 30 40");
    ck_assert(a.lo == 7 && a.hi == 43);
}
END_TEST

START_TEST(shares_end_at_1)
{
    static const double least[] = {0, 0.1, 0.27, 0.93, 0.999, 1, (double)NAN};
    for (size_t i = 0; i < sizeof least / sizeof *least; i++) {
        axis a = axis_shares(least[i], 6);
        ck_assert(a.hi == 1 && a.lo >= 0 && a.lo < 1 && !(a.lo > least[i]));
        ck_assert(strtod(a.marks[a.n - 1].text, NULL) == 1);
    }
}
END_TEST

START_TEST(decades_are_marked_on_a_logarithmic_axis)
{
    axis a = axis_log(0.0008, 2.7, 6);
    expect_marks(&a, "0.001 0.01 0.1 1");
    ck_assert(fabs(a.lo - 0.0005) < 1e-12 && fabs(a.hi - 5) < 1e-9);
    a = axis_log(0.03, 2, 6);
    expect_marks(&a, "0.02 0.05 0.1 0.2 0.5 1 2");
    a = axis_log(1e-7, 1, 4);
    expect_marks(&a, "10⁻⁶ 0.0001 0.01 1");
}
END_TEST

START_TEST(any_range_gives_marks_that_rise_within_the_axis)
{
    static const double ends[] = {
        -1.7e308, -1e15, -3,           -1e-300, 0,       1e-300,           1e-12,
        0.1,      1,     1.0000000001, 1e15,    1.7e308, (double)INFINITY, (double)NAN};
    enum { N = sizeof ends / sizeof *ends };
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            for (int kind = 0; kind < 3; kind++) {
                if (kind == 2 && !(ends[i] > 0 && ends[j] >= ends[i]))
                    continue;
                axis a = kind == 0   ? axis_values(ends[i], ends[j], 6)
                         : kind == 1 ? axis_counts(ends[i], ends[j], 6)
                                     : axis_log(ends[i], ends[j], 6);
                ck_assert_msg(isfinite(a.lo) && isfinite(a.hi) && a.lo < a.hi,
                              "%d: %g to %g: %g to %g", kind, ends[i], ends[j], a.lo, a.hi);
                ck_assert(a.n >= 0 && a.n <= AXIS_MARKS);
                double slack = (a.hi - a.lo) * 1e-5;
                for (int k = 0; k < a.n; k++) {
                    ck_assert(a.marks[k].at >= a.lo - slack && a.marks[k].at <= a.hi + slack);
                    ck_assert(k == 0 || a.marks[k].at > a.marks[k - 1].at);
                }
            }
}
END_TEST

START_TEST(parts_run_from_0_to_1)
{
    axis a = axis_values(0, 4, 5);
    ck_assert(axis_part(&a, 0) == 0 && axis_part(&a, 1) == 0.25 && axis_part(&a, 4) == 1);
    a = axis_log(0.01, 100, 5);
    ck_assert(fabs(axis_part(&a, 1) - 0.5) < 1e-12 && fabs(axis_part(&a, 100) - 1) < 1e-12);
    ck_assert(axis_part(&a, 0) == 0 && axis_part(&a, -1) == 0);
}
END_TEST

START_TEST(labels_are_moved_apart_and_no_farther)
{
    double far[] = {10, 50, 90}, same[] = {50, 50, 50}, low[] = {98, 99}, turned[] = {52, 48};
    labels_spread(3, far, 16, 0, 100);
    ck_assert(far[0] == 10 && far[1] == 50 && far[2] == 90);
    labels_spread(3, same, 16, 0, 100);
    ck_assert(same[0] == 34 && same[1] == 50 && same[2] == 66);
    labels_spread(2, low, 16, 0, 100);
    ck_assert(low[0] == 84 && low[1] == 100);
    labels_spread(2, turned, 16, 0, 100);
    ck_assert(turned[0] == 58 && turned[1] == 42);
}
END_TEST

START_TEST(labels_keep_their_gap_and_their_order_wherever_they_are)
{
    unsigned state = 1;
    for (int trial = 0; trial < 2000; trial++) {
        double at[LABELS_MOST], was[LABELS_MOST];
        int n = trial % LABELS_MOST + 1;
        for (int i = 0; i < n; i++) {
            state = state * 1664525u + 1013904223u;
            at[i] = was[i] = (double)(state >> 16) / 65536 * 300;
        }
        labels_spread(n, at, 16, 0, 300);
        for (int i = 0; i < n; i++) {
            ck_assert(at[i] >= -1e-9 && at[i] <= 300 + 1e-9);
            for (int j = 0; j < n; j++)
                ck_assert(was[i] >= was[j] || at[j] - at[i] >= 16 - 1e-9);
        }
    }
}
END_TEST

RUN_TESTS("axis", steps_are_1_2_or_5_times_a_power_of_ten, numbers_have_the_decimals_of_their_step,
          what_is_counted_has_whole_marks_only, shares_end_at_1,
          decades_are_marked_on_a_logarithmic_axis, any_range_gives_marks_that_rise_within_the_axis,
          parts_run_from_0_to_1, labels_are_moved_apart_and_no_farther,
          labels_keep_their_gap_and_their_order_wherever_they_are)
