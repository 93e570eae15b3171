// The header for C++: lists, operators, scopes, exceptions, and that it costs no tensor of its own.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <tinytensor/tinytensor.hpp>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

using Values = std::vector<float>;

// What no dtype holds does not compile, instead of being read as something else.
static_assert(tt::is_element<float> && tt::is_element<double> && tt::is_element<bool>, "");
static_assert(tt::is_element<int> && tt::is_element<int64_t> && tt::is_element<uint8_t>, "");
static_assert(!tt::is_element<int8_t> && !tt::is_element<int16_t> && !tt::is_element<uint16_t>, "");
static_assert(!tt::is_element<uint32_t> && !tt::is_element<uint64_t>, "");
static_assert(!tt::is_element<long double> || sizeof(long double) == sizeof(double), "");

static void lists_and_shapes()
{
    tt::Context ctx(tt::Errors::raise);
    tt::Tensor x = ctx.arange(0, 6).reshape({2, 3});
    CHECK(x.ndim() == 2 && x.numel() == 6 && x.size(-1) == 3 && x.dtype() == TT_F32);
    CHECK((x.shape() == std::vector<int64_t>{2, 3}));
    CHECK(x.sum().item() == 15);
    CHECK((x.sum({0}).values<float>() == Values{3, 5, 7}));
    CHECK((x.mean({-1}, true).shape() == std::vector<int64_t>{2, 1}));
    CHECK((x.transpose()[1].values<float>() == Values{1, 4}));
    CHECK((x.permute({1, 0}).reshape({-1}).values<float>() == Values{0, 3, 1, 4, 2, 5}));
    CHECK((x.slice("1, ::2").values<float>() == Values{3, 5}));
    CHECK((x.rearrange("a b -> (b a)").values<float>() == Values{0, 3, 1, 4, 2, 5}));
    CHECK(x.at({1, 2}) == 5);
    x.set({1, 2}, 7);
    CHECK(x.max().item() == 7 && x.argmax(1).values<int64_t>()[1] == 2);
    std::vector<int64_t> shape = {3, 2};
    CHECK((x.reshape(shape).size(0) == 3));
    CHECK(ctx.zeros({}).ndim() == 0 && ctx.ones({2, 0}).numel() == 0);
    CHECK((ctx.tensor({1, 2.5}).values<float>() == Values{1, 2.5}));
    CHECK((ctx.from(std::vector<int64_t>{1, 2, 3, 4}, {2, 2}).dtype() == TT_I64));
    CHECK((ctx.from(std::vector<double>{1, 2}, {2}).cast(TT_F32).values<float>() == Values{1, 2}));
    CHECK((tt::cat({x, x}, 0).size(0) == 4 && tt::stack({x, x}).ndim() == 3));
    CHECK((tt::einsum("i j, k j -> i k", {x, x}).at({0, 0}) == 5));
    CHECK((x.matmul(x.transpose()).at({0, 0}) == 5));
    CHECK((x.take(ctx.from(std::vector<int64_t>{1, 1}, {2})).size(0) == 2));
}

static void operators()
{
    tt::Context ctx(tt::Errors::raise);
    tt::Tensor a = ctx.tensor({1, 2, 4}), b = ctx.tensor({2, 2, 2});
    CHECK(((a + b).values<float>() == Values{3, 4, 6}));
    CHECK(((a - 1).values<float>() == Values{0, 1, 3}));
    CHECK(((1 - a).values<float>() == Values{0, -1, -3}));
    CHECK(((2.0f * a / b).values<float>() == Values{1, 2, 4}));
    CHECK(((4L / a).values<float>() == Values{4, 2, 1}));
    CHECK(((a + 1L).values<float>() == Values{2, 3, 5}));
    CHECK(((-a).abs().square().sqrt().values<float>() == Values{1, 2, 4}));
    CHECK(((a == b).cast(TT_U8).values<uint8_t>() == std::vector<uint8_t>{0, 1, 0}));
    CHECK(((a != 2).cast(TT_U8).values<uint8_t>() == std::vector<uint8_t>{1, 0, 1}));
    CHECK((a < b).any().item() == 1 && (a <= 4).all().item() == 1 && (a > 4).any().item() == 0);
    CHECK((a >= 1.0).all().item() == 1);
    a += b;
    a *= b;
    CHECK((a.values<float>() == Values{6, 8, 12}));
    a -= b;
    a /= b;
    CHECK((a.values<float>() == Values{2, 3, 5}));
    a += 1;
    a *= 2;
    a -= 0.5;
    a /= 0.5;
    CHECK((a.values<float>() == Values{11, 15, 23}));
    tt::Tensor same = a;
    same.fill_(3);
    CHECK(a.at({0}) == 3 && (tt_tensor *)same == (tt_tensor *)a);
    std::ostringstream out;
    out << b;
    CHECK(out.str() == "[2. 2. 2.]  (3,) float32\n");
    out << tt::Tensor();
    CHECK(out.str().find("NULL") != std::string::npos);
}

static void training_and_scopes()
{
    tt::Context ctx(tt::Errors::raise);
    tt::Tensor x = ctx.linspace(-1, 1, 32), y = 2 * x + 1;
    tt::Tensor a = ctx.param(ctx.zeros({})), b = ctx.param(ctx.zeros({}));
    tt::Optim opt = ctx.sgd({a, b}, 0.5);
    int64_t live = 0;
    for (int step = 0; step < 100; step++) {
        tt::Scope scope(ctx);
        opt.zero_grad();
        (a * x + b - y).square().mean().backward();
        opt.step();
        if (step == 1)
            live = tt_memory_stats(ctx).live_tensors;
        CHECK(step < 2 || tt_memory_stats(ctx).live_tensors == live);
    }
    CHECK(std::fabs(a.item() - 2) < 1e-4 && std::fabs(b.item() - 1) < 1e-4);
    CHECK(a.requires_grad() && a.grad());
    tt::Tensor kept;
    {
        tt::Scope scope(ctx, TT_NO_GRAD);
        kept = (a * x).softmax(0).keep();
        CHECK(!kept.requires_grad());
    }
    CHECK(std::fabs(kept.sum().item() - 1) < 1e-6);
    tt::Optim adam = ctx.adam({a}, 0.1), adamw = ctx.adamw({b}, 0.1);
    adam.set_lr(0.2);
    CHECK(tt_optim_lr(adam) == 0.2 && tt_optim_lr(adamw) == 0.1);
    CHECK(std::fabs(ctx(tt_layer_norm(x, nullptr, nullptr, 1e-5)).sum().item()) < 1e-4);
    CHECK(ctx(tt_clip_grad_value(1, tt::pointers({a}).data(), 0)) == TT_OK && a.grad().item() == 0);
}

static tt_status thrown(void (*f)(tt::Context &))
{
    tt::Context ctx(tt::Errors::raise);
    try {
        f(ctx);
    } catch (const tt::Error &e) {
        CHECK(e.what()[0] != '\0' && ctx.ok()); // the context is as good as new
        CHECK(ctx.ones({2}).sum().item() == 2);
        return e.status;
    }
    return TT_OK;
}

static void errors()
{
    CHECK(thrown([](tt::Context &c) { c.ones({2}) + c.ones({3}); }) == TT_ERR_SHAPE);
    CHECK(thrown([](tt::Context &c) { c.ones({2}).at({2}); }) == TT_ERR_INDEX);
    CHECK(thrown([](tt::Context &c) { c.ones({2}).values<double>(); }) == TT_ERR_DTYPE);
    CHECK(thrown([](tt::Context &c) { c.ones({2}) += c.ones({3}); }) == TT_ERR_SHAPE);
    CHECK(thrown([](tt::Context &c) { c.ones({2}).backward(); }) == TT_ERR_GRAD);
    CHECK(thrown([](tt::Context &c) { c.from(Values{1, 2, 3}, {2}); }) == TT_ERR_SHAPE);
    CHECK(thrown([](tt::Context &c) { c.sgd({c.ones({2})}, 0.1); }) == TT_ERR_GRAD);
    CHECK(thrown([](tt::Context &c) { c(tt_load_npy(c, "/nowhere/x.npy")); }) == TT_ERR_IO);
    CHECK(thrown([](tt::Context &c) { c.ones({2}) + 1; }) == TT_OK);

    tt::Context quiet; // as in C: the first error stays, and what follows is NULL
    tt::Tensor x = quiet.ones({2}) + quiet.ones({3}), y = x * 2 + 1;
    CHECK(!x && !y && !quiet.ok() && quiet.message().find("(3,)") != std::string::npos);
    CHECK(std::isnan(y.item()) && y.values<float>().empty());
    tt_error_clear(quiet);
    CHECK(!(tt::Tensor() + tt::Tensor()) && tt::Tensor().shape().empty());
    CHECK(!tt::cat({}) && !tt::stack({}) && !tt::einsum("i -> i", {}));
    tt::Tensor none;
    none += 1;
    none /= 2;
    CHECK(!none && quiet.ok());
}

int main()
{
    lists_and_shapes();
    operators();
    training_and_scopes();
    errors();
    return 0;
}
