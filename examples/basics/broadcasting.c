/* Broadcasting: shapes are aligned at the right, and axes of size 1 or missing ones stretch. Loops
 * over rows and columns turn into one line, without a copy of what is repeated. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_print_options two = TT_PRINT_OPTIONS_INIT;
    two.precision = 2;

    puts("(3, 1) and (4,) make (3, 4): a table of sums");
    tt_tensor *rows = tt_from_data(ctx, TT_I64, TT_SHAPE(3, 1), (const int64_t[]){10, 20, 30});
    tt_tensor *columns = tt_arange(ctx, TT_I64, 1, 5, 1);
    tt_print(tt_add(rows, columns));

    puts("\nColumns of different sizes, each brought to mean 0 and standard deviation 1:");
    tt_tensor *people = tt_from_data(
        ctx, TT_F32, TT_SHAPE(4, 3), /* age, height, income */
        (const float[]){23, 1.62f, 31000, 35, 1.80f, 52000, 61, 1.75f, 48000, 44, 1.58f, 75000});
    tt_tensor *mean = tt_mean(people, TT_AXES(0), true); /* (1, 3) */
    tt_tensor *spread = tt_std(people, TT_AXES(0), 0, true);
    tt_tensor *z = tt_div(tt_sub(people, mean), spread);
    tt_print_with(z, &two);

    puts("\nEvery row made to sum to 1, which needs the axis that the sum took away:");
    tt_tensor *counts =
        tt_from_data(ctx, TT_F32, TT_SHAPE(2, 3), (const float[]){1, 2, 1, 6, 3, 1});
    tt_tensor *total = tt_sum(counts, TT_AXES(1), false); /* (2,) would align with the 3 columns */
    tt_print(tt_div(counts, tt_unsqueeze(total, 1)));

    puts(
        "\nDistances of all pairs: (3, 1, 2) and (3, 2) make (3, 3, 2), summed over the last axis");
    tt_tensor *p = tt_from_data(ctx, TT_F32, TT_SHAPE(3, 2), (const float[]){0, 0, 3, 4, 6, 8});
    tt_tensor *difference = tt_sub(tt_unsqueeze(p, 1), p);
    tt_tensor *distance = tt_sqrt(tt_sum(tt_square(difference), TT_AXES(-1), false));
    tt_print(distance);
    printf("as tt_cdist() has it: %s\n",
           tt_allclose(distance, tt_cdist(p, p, 2), 1e-6, 0, false) ? "yes" : "no");

    puts("\nWhat repeats takes no memory: strides of 0");
    tt_tensor *wide = tt_expand(columns, TT_SHAPE(1000000, 4));
    printf("%lld elements, strides %lld and %lld, the same memory: %s\n", (long long)tt_numel(wide),
           (long long)tt_strides(wide)[0], (long long)tt_strides(wide)[1],
           tt_same_storage(wide, columns) ? "yes" : "no");

    puts("\nShapes that do not fit are an error, and never a guess:");
    tt_add(people, tt_ones(ctx, TT_F32, TT_SHAPE(4)));
    printf("%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return 0;
}
