/* Linear regression: a plane through points, from a table in a file. The straight way (the normal
 * equations) is not needed: gradient descent finds the same weights, and works for anything. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

/* Flats: their area in square metres, the distance to the centre in km, and the rent. */
static const char table[] = "area,distance,rent\n"
                            "35,2.0,720\n52,6.5,690\n64,1.2,1150\n48,3.3,820\n90,8.0,1010\n"
                            "75,4.1,1120\n28,0.8,690\n110,9.5,1160\n57,2.7,970\n41,5.0,640\n";

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    FILE *f = fopen("rents.csv", "w");
    if (!f || fputs(table, f) < 0 || fclose(f) != 0) {
        perror("rents.csv");
        return 1;
    }
    tt_csv_options csv = TT_CSV_OPTIONS_INIT;
    csv.header = true;
    csv.dtype = TT_F64;
    tt_tensor *rents = tt_load_csv(ctx, "rents.csv", &csv);
    remove("rents.csv");
    printf("%lld flats, %lld columns\n", (long long)tt_size(rents, 0),
           (long long)tt_size(rents, 1));

    /* Descent is quick when the columns have the same size: mean 0, standard deviation 1. */
    tt_tensor *mean = tt_mean(rents, TT_AXES(0), true), *std = tt_std(rents, TT_AXES(0), 0, true);
    tt_tensor *z = tt_div(tt_sub(rents, mean), std);
    tt_tensor *x = tt_slice(z, ":, :2"), *y = tt_slice(z, ":, 2:");

    tt_tensor *w = tt_param(tt_zeros(ctx, TT_F64, TT_SHAPE(1, 2)));
    tt_tensor *b = tt_param(tt_zeros(ctx, TT_F64, TT_SHAPE(1)));
    tt_optim *opt = tt_sgd(ctx, TT_TENSORS(w, b), 0.2, NULL);
    for (int step = 0; step <= 200 && tt_ok(ctx); step++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_optim_zero_grad(opt);
        tt_tensor *loss = tt_mse_loss(tt_linear(x, w, b), y);
        tt_backward(loss);
        tt_optim_step(opt);
        if (step % 50 == 0)
            printf("step %3d: mean squared error %.5f\n", step, tt_item(loss));
        tt_scope_end(ctx, s); /* the step's temporaries and its record */
    }

    /* Back to euros: rent = mean + std (w . (x - mean) / std + b) */
    double rent_std = tt_get(std, TT_INDEX(0, 2)), base = tt_get(mean, TT_INDEX(0, 2)), slope[2];
    for (int i = 0; i < 2; i++) {
        slope[i] = tt_get(w, TT_INDEX(0, i)) * rent_std / tt_get(std, TT_INDEX(0, i));
        base -= slope[i] * tt_get(mean, TT_INDEX(0, i));
    }
    printf("rent = %.0f + %.2f per square metre %+.1f per km\n", base, slope[0], slope[1]);
    printf("for 60 square metres at 3 km: %.0f\n", base + 60 * slope[0] + 3 * slope[1]);

    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
