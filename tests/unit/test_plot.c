/* Line charts: the axes for curves of many kinds, what becomes of gaps and of single points, and
 * long curves. */
#include "common/page/plot.h"

#include <stdio.h>
#include <unistd.h>

#include "common/page/curve.h"
#include "common/page/series.h"
#include "unit.h"

static char drawing[1 << 20];

/* Draws panels, and reads the drawing. */
static void draw(int n, const panel *panels)
{
    char path[] = "/tmp/plot_XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert(plot_write(path, n, panels));
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    size_t size = fread(drawing, 1, sizeof drawing, f);
    ck_assert(size < sizeof drawing);
    drawing[size] = 0;
    fclose(f);
    unlink(path);
}

static int count(const char *text)
{
    int n = 0;
    for (const char *s = drawing; (s = strstr(s, text)) != NULL; s++)
        n++;
    return n;
}

static panel one_curve(panel_kind kind, int64_t n, const double *y)
{
    return (panel){"title", "step", kind, 1, {{.name = "training", .n = n, .y = y}}};
}

START_TEST(losses_that_span_decades_are_logarithmic)
{
    const double far[] = {2.7, 0.5, 0.001}, near[] = {4.2, 2.5, 1.4}, zero[] = {1, 0.1, 0},
                 negative[] = {100, 1, -1};
    panel p = one_curve(PANEL_LOSSES, 3, far);
    ck_assert(panel_y_axis(&p, 6).log);
    p = one_curve(PANEL_VALUES, 3, far);
    ck_assert(!panel_y_axis(&p, 6).log);
    p = one_curve(PANEL_LOSSES, 3, near);
    ck_assert(!panel_y_axis(&p, 6).log);
    p = one_curve(PANEL_LOSSES, 3, zero);
    ck_assert(!panel_y_axis(&p, 6).log);
    p = one_curve(PANEL_LOSSES, 3, negative);
    ck_assert(panel_y_axis(&p, 6).lo < 0);
}
END_TEST

START_TEST(a_step_that_sticks_out_does_not_press_the_others_flat)
{
    double steps[1000], means[] = {1.2, 1.1};
    for (int i = 0; i < 1000; i++)
        steps[i] = i == 500 ? 1e6 : 1 + i % 7 * 0.1;
    panel p = {"loss",
               "step",
               PANEL_LOSSES,
               2,
               {{.name = "training", .n = 2, .y = means},
                {.name = "training", .n = 1000, .y = steps, .each_step = true}}};
    ck_assert(panel_y_axis(&p, 6).hi <= 2);
    draw(1, &p);
    ck_assert_int_eq(count("<polyline"), 1);
    ck_assert_int_eq(count("clip-path='url"), 1);
}
END_TEST

START_TEST(one_point_is_a_dot)
{
    const double y[] = {0.5};
    panel p = one_curve(PANEL_SHARES, 1, y);
    draw(1, &p);
    ck_assert_int_eq(count("<circle"), 1);
    ck_assert_int_eq(count("<polyline"), 0);
    axis x = panel_x_axis(&p, 6);
    ck_assert(x.lo < 1 && x.hi > 1);
}
END_TEST

START_TEST(gaps_are_gaps)
{
    const double nan = (double)NAN, y[] = {1, 2, nan, 3, nan, (double)INFINITY, 4, 5, 6};
    panel p = one_curve(PANEL_VALUES, 9, y);
    draw(1, &p);
    ck_assert_int_eq(count("<polyline"), 2);
    ck_assert_int_eq(count("<circle"), 6);
    ck_assert_int_eq(count("r='4'"), 1); /* the one that stands alone */
    ck_assert_int_eq(count("nan") + count("inf"), 0);
}
END_TEST

START_TEST(nothing_to_draw_says_so)
{
    const double y[] = {(double)NAN};
    panel p = one_curve(PANEL_LOSSES, 0, NULL);
    draw(1, &p);
    ck_assert_int_eq(count("no values"), 1);
    p = one_curve(PANEL_SHARES, 1, y);
    draw(1, &p);
    ck_assert_int_eq(count("no values"), 1);
    ck_assert_int_eq(count("nan") + count("inf"), 0);
}
END_TEST

START_TEST(one_name_has_one_colour_in_all_panels)
{
    const double y[] = {1, 0.9};
    const curve train = {.name = "training", .n = 2, .y = y},
                val = {.name = "validation", .n = 2, .y = y};
    const panel panels[] = {{"loss", "epoch", PANEL_LOSSES, 2, {train, val}},
                            {"accuracy", "epoch", PANEL_SHARES, 1, {val}}};
    draw(2, panels);
    ck_assert_int_eq(count("<polyline class='s0'"), 1);
    ck_assert_int_eq(count("<polyline class='s1'"), 2);
}
END_TEST

START_TEST(names_are_text)
{
    const double y[] = {1, 2};
    panel p = {"<b> & 'c'", "a<b", PANEL_VALUES, 1, {{.name = "x<y", .n = 2, .y = y}}};
    draw(1, &p);
    ck_assert_int_eq(count("<b>") + count("a<b") + count("x<y") + count("& "), 0);
    ck_assert_int_ge(count("x&#60;y 2"), 2);
}
END_TEST

START_TEST(a_long_curve_takes_a_few_hundred_points_and_keeps_its_extremes)
{
    enum { LONG = 200000 };
    double *y = malloc(LONG * sizeof *y);
    ck_assert_ptr_nonnull(y);
    for (int i = 0; i < LONG; i++)
        y[i] = i % 1000 == 500 ? 9 : 1 + i % 3;
    panel p = {"loss",
               "step",
               PANEL_VALUES,
               1,
               {{.name = "training", .n = LONG, .y = y, .each_step = true}}};
    frame f = {0, 300, 0, 100, panel_x_axis(&p, 6), {.lo = 0, .hi = 10}};
    FILE *to = fmemopen(drawing, sizeof drawing, "w");
    ck_assert_ptr_nonnull(to);
    curve_path(to, &p.curves[0], &f);
    fclose(to);
    ck_assert_int_le(count("L"), 600);
    ck_assert_int_ge(count(" 10.0"), 190); /* 9 of 10 */
    free(y);
}
END_TEST

START_TEST(a_series_grows)
{
    series s = {0};
    for (int i = 0; i < 1000; i++)
        ck_assert(series_add(&s, i));
    for (int i = 0; i < 1000; i++)
        ck_assert(s.values[i] == i);
    ck_assert_int_eq(s.n, 1000);
    series_free(&s);
    ck_assert(s.n == 0 && s.values == NULL);
}
END_TEST

RUN_TESTS("plot", losses_that_span_decades_are_logarithmic,
          a_step_that_sticks_out_does_not_press_the_others_flat, one_point_is_a_dot, gaps_are_gaps,
          nothing_to_draw_says_so, one_name_has_one_colour_in_all_panels, names_are_text,
          a_long_curve_takes_a_few_hundred_points_and_keeps_its_extremes, a_series_grows)
