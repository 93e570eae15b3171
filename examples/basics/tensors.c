/* Tensors: numbers with a type and a shape. How they are made, asked, read, written and converted.
 * Everything that is made belongs to a context, which frees it; nothing here is freed by hand. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();

    puts("made of values, of a rule, of one number:");
    const float heights[] = {1.62f, 1.80f, 1.75f, 1.58f, 1.91f, 1.70f};
    tt_tensor *x = tt_from_data(ctx, TT_F32, TT_SHAPE(2, 3), heights);
    tt_print(x);
    tt_print(tt_arange(ctx, TT_I64, 0, 10, 2));
    tt_print(tt_linspace(ctx, TT_F64, 0, 1, 5));
    tt_print(tt_eye(ctx, TT_F32, 3, 3));
    tt_print(tt_full(ctx, TT_F32, TT_SHAPE(2, 2), 7));
    tt_print(tt_scalar(ctx, TT_F64, 0.5));

    puts("\nasked:");
    printf("%d axes of sizes %lld and %lld, %lld elements of %s\n", tt_ndim(x),
           (long long)tt_size(x, 0), (long long)tt_size(x, -1), (long long)tt_numel(x),
           tt_dtype_name(tt_dtype_of(x)));

    puts("\nread and written, one element at a time or all of them:");
    printf("row 1, column 2: %g\n", tt_get(x, TT_INDEX(1, 2)));
    tt_set(x, TT_INDEX(1, 2), 1.72);
    float copy[6];
    tt_copy_out(x, copy, sizeof copy);
    printf("the last of %d: %g\n", 6, (double)copy[5]);
    float *elements = tt_data(x); /* in place, where they lie */
    elements[0] = 1.60f;
    tt_print(x);

    puts("\ncomputed with: functions make new tensors, those that end in _ write in place:");
    tt_tensor *inches = tt_div_scalar(x, 0.0254);
    tt_print_options one = TT_PRINT_OPTIONS_INIT;
    one.precision = 1;
    tt_print_with(inches, &one);
    tt_add_scalar_(x, 0.02); /* with shoes */
    printf("mean %.3f, tallest %.2f\n", tt_item(tt_mean(x, TT_ALL_AXES, false)),
           tt_item(tt_max(x, TT_ALL_AXES, false)));
    tt_print(tt_gt_scalar(x, 1.75));

    puts("\nconverted: types are never mixed without a word:");
    tt_tensor *whole = tt_cast(tt_round(inches), TT_I64);
    tt_print(whole);
    tt_add(x, whole); /* float32 and int64: an error, which stays in the context */
    printf("%s\n", tt_error_message(ctx));

    tt_ctx_free(ctx);
    return 0;
}
