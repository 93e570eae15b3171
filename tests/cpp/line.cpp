// The program of docs/cpp.md.
#include <iostream>
#include <tinytensor/tinytensor.hpp>

int main()
{
    tt::Context ctx(tt::Errors::raise);
    tt::Tensor x = ctx.linspace(-1, 1, 32), y = 2 * x + 1;
    tt::Tensor a = ctx.param(ctx.zeros({})), b = ctx.param(ctx.zeros({}));
    tt::Optim opt = ctx.adam({a, b}, 0.1);
    for (int step = 0; step < 300; step++) {
        tt::Scope scope(ctx); // what is made in it goes with it
        opt.zero_grad();
        (a * x + b - y).square().mean().backward();
        opt.step();
    }
    std::cout << "y = " << a.item() << " x + " << b.item() << '\n';

    tt::Tensor p = ctx(tt_softmax(x, 0)); // any function of the C headers
    std::cout << p.slice(":3") << p.sum({}, true);
    try {
        x + ctx.ones({5});
    } catch (const tt::Error &e) {
        std::cout << tt_status_name(e.status) << ": " << e.what() << '\n';
    }
}
