/** @file tinytensor.hpp
 * The library in C++17: contexts and scopes that end by themselves, lists in braces, operators,
 * and, on request, errors as exceptions. A tt::Tensor is a handle like tt_tensor *, into which it
 * converts, so that every C function takes it; what one gives becomes a tt::Tensor by ctx(...).
 *
 *     tt::Context ctx(tt::Errors::raise);
 *     tt::Tensor x = ctx.linspace(-1, 1, 32), y = 2 * x + 1;
 *     tt::Tensor a = ctx.param(ctx.zeros({})), b = ctx.param(ctx.zeros({}));
 *     tt::Optim opt = ctx.sgd({a, b}, 0.5);
 *     for (int step = 0; step < 100; step++) {
 *         tt::Scope scope(ctx);
 *         opt.zero_grad();
 *         (a * x + b - y).square().mean().backward();
 *         opt.step();
 *     }
 *     std::cout << a << b; // 2 and 1
 *     tt::Tensor p = ctx(tt_softmax(x, 0)); // any C function
 */
// Short functions on one line keep this to a few pages.
// clang-format off
#ifndef TINYTENSOR_HPP
#define TINYTENSOR_HPP

#include <initializer_list>
#include <new>
#include <ostream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>
#include <tinytensor/tinytensor.h>

namespace tt {

/** An error of a context, which does not hold it any longer. */
class Error : public std::runtime_error {
  public:
    Error(tt_status code, const char *text) : std::runtime_error(text), status(code) {}
    const tt_status status;
};

/** Whether errors stay in the context, as in C, or are thrown. */
enum class Errors { stay, raise };

/** A list for one call: {2, 3}, or a vector. */
template <class T> class List {
    std::vector<T> v;

  public:
    List() = default;
    List(std::initializer_list<T> l) : v(l) {}
    List(std::vector<T> l) : v(std::move(l)) {}
    int n() const { return static_cast<int>(v.size()); }
    const T *data() const { return v.data(); }
    T first() const { return v.empty() ? T() : v.front(); }
};
using Shape = List<int64_t>;
using Axes = List<int>; /**< none: all */

template <class N> using if_number = std::enable_if_t<std::is_arithmetic_v<N>, int>;
/** Whether a dtype has elements of this type; none has those of int16_t, uint64_t, long double. */
template <class T> constexpr bool is_element = std::is_floating_point_v<T> ? sizeof(T) <= 8
    : std::is_integral_v<T> && (std::is_signed_v<T> ? sizeof(T) >= 4 : sizeof(T) == 1);
/** The dtype of such a type. */
template <class T, std::enable_if_t<is_element<T>, int> = 0> constexpr tt_dtype dtype_of()
{
    return std::is_same_v<T, bool> ? TT_BOOL
           : std::is_floating_point_v<T> ? (sizeof(T) == sizeof(float) ? TT_F32 : TT_F64)
           : sizeof(T) == 8 ? TT_I64 : sizeof(T) == 4 ? TT_I32 : TT_U8;
}

class Context;
/** A handle on a tensor, valid as long as the scope it was made in. Copies are the same tensor. */
class Tensor {
    tt_tensor *t = nullptr;
    Context *c = nullptr;

    Tensor &written(tt_status) { check(); return *this; }
    template <class V> V checked(V v) const { check(); return v; }
    Tensor(Context *ctx, tt_tensor *x) : t(x), c(ctx) {}
    friend class Context;

  public:
    Tensor() = default;
    operator tt_tensor *() const { return t; }
    explicit operator bool() const { return t != nullptr; }
    inline void check() const;
    /** The result of a C function, in the context of this one. */
    Tensor of(tt_tensor *y) const { check(); return Tensor(c, y); }

    int ndim() const { return tt_ndim(t); }
    std::vector<int64_t> shape() const { return {tt_shape(t), tt_shape(t) + tt_ndim(t)}; }
    int64_t size(int axis) const { return tt_size(t, axis); }
    int64_t numel() const { return tt_numel(t); }
    tt_dtype dtype() const { return tt_dtype_of(t); }
    double item() const { return checked(tt_item(t)); }
    double at(const Shape &i) const { return checked(tt_get(t, i.n(), i.data())); }
    Tensor &set(const Shape &i, double v) { return written(tt_set(t, i.n(), i.data(), v)); }
    /** Its elements in C order; T is its dtype (and not bool: cast to uint8_t first). */
    template <class T> std::vector<T> values() const
    {
        std::vector<T> v(static_cast<size_t>(tt_numel(t)));
        if (t && dtype_of<T>() != dtype())
            tt_error_set(tt_ctx_of(t), TT_ERR_DTYPE, "values: this is %s", tt_dtype_name(dtype()));
        else if (t)
            tt_copy_out(t, v.data(), v.size() * sizeof(T));
        return checked(std::move(v));
    }

#define TT_CXX_UNARY(name)                                                                         \
    Tensor name() const { return of(tt_##name(t)); }
    TT_CXX_UNARY(abs) TT_CXX_UNARY(sign) TT_CXX_UNARY(square) TT_CXX_UNARY(sqrt) TT_CXX_UNARY(exp)
    TT_CXX_UNARY(log) TT_CXX_UNARY(sin) TT_CXX_UNARY(cos) TT_CXX_UNARY(tanh) TT_CXX_UNARY(sigmoid)
    TT_CXX_UNARY(relu) TT_CXX_UNARY(gelu) TT_CXX_UNARY(silu) TT_CXX_UNARY(softplus)
    TT_CXX_UNARY(floor) TT_CXX_UNARY(ceil) TT_CXX_UNARY(round) TT_CXX_UNARY(isnan)
    TT_CXX_UNARY(logical_not) TT_CXX_UNARY(clone) TT_CXX_UNARY(contiguous) TT_CXX_UNARY(detach)
#undef TT_CXX_UNARY
#define TT_CXX_REDUCE(name)                                                                        \
    Tensor name(const Axes &a = {}, bool keepdim = false) const                                    \
    { return of(tt_##name(t, a.n(), a.data(), keepdim)); }
    TT_CXX_REDUCE(sum) TT_CXX_REDUCE(mean) TT_CXX_REDUCE(prod) TT_CXX_REDUCE(max)
    TT_CXX_REDUCE(min) TT_CXX_REDUCE(logsumexp) TT_CXX_REDUCE(all) TT_CXX_REDUCE(any)
#undef TT_CXX_REDUCE
    Tensor argmax(int axis) const { return of(tt_argmax(t, axis, false)); }
    Tensor argmin(int axis) const { return of(tt_argmin(t, axis, false)); }
    Tensor softmax(int axis) const { return of(tt_softmax(t, axis)); }
    Tensor log_softmax(int axis) const { return of(tt_log_softmax(t, axis)); }
    Tensor cast(tt_dtype d) const { return of(tt_cast(t, d)); }
    Tensor reshape(const Shape &s) const { return of(tt_reshape(t, s.n(), s.data())); }
    Tensor expand(const Shape &s) const { return of(tt_expand(t, s.n(), s.data())); }
    Tensor permute(const Axes &a) const { return of(tt_permute(t, a.n(), a.data())); }
    Tensor transpose(int a = -2, int b = -1) const { return of(tt_transpose(t, a, b)); }
    Tensor squeeze(const Axes &a = {}) const { return of(tt_squeeze(t, a.n(), a.data())); }
    Tensor unsqueeze(int axis) const { return of(tt_unsqueeze(t, axis)); }
    Tensor slice(const char *text) const { return of(tt_slice_n(t, text)); }
    Tensor operator[](int64_t i) const { return of(tt_select(t, 0, i)); }
    Tensor take(const Tensor &i, int axis = 0) const { return of(tt_take(t, axis, i)); }
    Tensor rearrange(const char *p) const { return of(tt_rearrange_n(t, p, 0, nullptr, nullptr)); }
    Tensor matmul(const Tensor &b) const { return of(tt_matmul(t, b)); }

    void backward() const { checked(tt_backward(t)); }
    Tensor grad() const { return of(tt_grad(t)); }
    bool requires_grad() const { return tt_requires_grad(t); }
    /** Moves it into the scope around the innermost one. */
    Tensor keep() const { return of(tt_keep(t)); }

#define TT_CXX_OPERATOR(op, name)                                                                  \
    friend Tensor operator op(const Tensor &a, const Tensor &b)                                    \
    { return (a.c ? a : b).of(tt_##name(a.t, b.t)); }                                              \
    template <class N, if_number<N> = 0> friend Tensor operator op(const Tensor &a, N b)           \
    { return a.of(tt_##name##_scalar(a.t, static_cast<double>(b))); }
    TT_CXX_OPERATOR(+, add) TT_CXX_OPERATOR(-, sub) TT_CXX_OPERATOR(*, mul) TT_CXX_OPERATOR(/, div)
    TT_CXX_OPERATOR(<, lt) TT_CXX_OPERATOR(<=, le) TT_CXX_OPERATOR(>, gt) TT_CXX_OPERATOR(>=, ge)
    TT_CXX_OPERATOR(==, eq) TT_CXX_OPERATOR(!=, ne)
#undef TT_CXX_OPERATOR
#define TT_CXX_LEFT(op, call)                                                                      \
    template <class N, if_number<N> = 0> friend Tensor operator op(N a, const Tensor &b)           \
    { return b.of(call(b.t, static_cast<double>(a))); }
    TT_CXX_LEFT(+, tt_add_scalar) TT_CXX_LEFT(-, tt_rsub_scalar) TT_CXX_LEFT(*, tt_mul_scalar)
    TT_CXX_LEFT(/, tt_rdiv_scalar)
#undef TT_CXX_LEFT
    friend Tensor operator-(const Tensor &x) { return x.of(tt_neg(x.t)); }
    Tensor &operator+=(const Tensor &b) { return written(tt_add_(t, b)); }
    Tensor &operator-=(const Tensor &b) { return written(tt_sub_(t, b)); }
    Tensor &operator*=(const Tensor &b) { return written(tt_mul_(t, b)); }
    Tensor &operator/=(const Tensor &b) { return written(tt_div_(t, b)); }
    Tensor &operator+=(double b) { return written(tt_add_scalar_(t, b)); }
    Tensor &operator-=(double b) { return written(tt_add_scalar_(t, -b)); }
    Tensor &operator*=(double b) { return written(tt_mul_scalar_(t, b)); }
    Tensor &operator/=(double b) { return *this /= of(tt_scalar(tt_ctx_of(t), dtype(), b)); }
    Tensor &copy_(const Tensor &b) { return written(tt_copy_(t, b)); }
    Tensor &fill_(double value) { return written(tt_fill_(t, value)); }

    friend std::ostream &operator<<(std::ostream &out, const Tensor &x)
    {
        std::string text(tt_format(x.t, nullptr, nullptr, 0), '\0');
        tt_format(x.t, nullptr, text.data(), text.size() + 1);
        return out << text << '\n';
    }
};

/** The handles of a list, for C functions that take a count and a pointer. */
inline List<tt_tensor *> pointers(const List<Tensor> &l)
{
    return std::vector<tt_tensor *>(l.data(), l.data() + l.n());
}

/** A handle on an optimiser, which its context frees. */
class Optim {
    tt_optim *o;
    Context *c;

  public:
    Optim(Context &ctx, tt_optim *optim) : o(optim), c(&ctx) {}
    operator tt_optim *() const { return o; }
    inline void step();
    inline void zero_grad();
    inline void set_lr(double lr);
};

/** A context; ends with its scope. */
class Context {
    tt_ctx *c;
    Errors mode;

  public:
    explicit Context(Errors e = Errors::stay, const tt_ctx_options *o = nullptr)
        : c(o ? tt_ctx_new_with(o) : tt_ctx_new()), mode(e)
    {
        if (!c)
            throw std::bad_alloc();
    }
    ~Context() { tt_ctx_free(c); }
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;
    operator tt_ctx *() const { return c; }

    bool ok() const { return tt_ok(c); }
    std::string message() const { return tt_error_message(c); }
    /** Throws what went wrong, where that is wanted. */
    void check()
    {
        if (mode == Errors::stay || tt_ok(c))
            return;
        Error e(tt_error_code(c), tt_error_message(c));
        tt_error_clear(c);
        throw e;
    }
    /** The result of a C function. */
    Tensor operator()(tt_tensor *t) { return Tensor(this, nullptr).of(t); }
    tt_status operator()(tt_status s) { check(); return s; }

    /** New tensors; {} is the shape of a number. */
#define TT_CXX_NEW(name)                                                                           \
    Tensor name(const Shape &s, tt_dtype d = TT_F32)                                               \
    { return (*this)(tt_##name(c, d, s.n(), s.data())); }
    TT_CXX_NEW(zeros) TT_CXX_NEW(ones) TT_CXX_NEW(rand) TT_CXX_NEW(randn)
#undef TT_CXX_NEW
    Tensor full(const Shape &s, double v, tt_dtype d = TT_F32)
    { return (*this)(tt_full(c, d, s.n(), s.data(), v)); }
    Tensor arange(double start, double stop, double step = 1, tt_dtype d = TT_F32)
    { return (*this)(tt_arange(c, d, start, stop, step)); }
    Tensor linspace(double start, double stop, int64_t n, tt_dtype d = TT_F32)
    { return (*this)(tt_linspace(c, d, start, stop, n)); }
    /** A copy of values, as many as s has elements, or of a list in braces: {1, 2}. */
    template <class T> Tensor from(const std::vector<T> &values, const Shape &s)
    {
        int64_t n = 1;
        for (int i = 0; i < s.n(); i++)
            n *= s.data()[i];
        if (n != static_cast<int64_t>(values.size()))
            tt_error_set(c, TT_ERR_SHAPE, "from: %lld elements for a shape of %lld",
                         static_cast<long long>(values.size()), static_cast<long long>(n));
        return (*this)(tt_from_data(c, dtype_of<T>(), s.n(), s.data(), values.data()));
    }
    Tensor tensor(std::initializer_list<double> values, tt_dtype d = TT_F32)
    {
        return from(std::vector<double>(values), {static_cast<int64_t>(values.size())}).cast(d);
    }
    /** x itself, as a parameter: it ends with the context. */
    Tensor param(const Tensor &x) { return (*this)(tt_param(x)); }
#define TT_CXX_OPTIM(name)                                                                         \
    Optim name(const List<Tensor> &l, double lr, const tt_##name##_options *o = nullptr)           \
    { return optim(tt_##name(c, l.n(), pointers(l).data(), lr, o)); }
    TT_CXX_OPTIM(sgd) TT_CXX_OPTIM(adam) TT_CXX_OPTIM(adamw)
#undef TT_CXX_OPTIM

  private:
    Optim optim(tt_optim *o) { check(); return Optim(*this, o); }
};

inline void Tensor::check() const { if (c) c->check(); }
inline void Optim::step() { (*c)(tt_optim_step(o)); }
inline void Optim::zero_grad() { (*c)(tt_optim_zero_grad(o)); }
inline void Optim::set_lr(double lr) { (*c)(tt_optim_set_lr(o, lr)); }

/** Of a list of one tensor or more; of none it is no tensor. */
inline Tensor cat(const List<Tensor> &l, int axis = 0)
{ return l.first().of(tt_cat(l.n(), pointers(l).data(), axis)); }
inline Tensor stack(const List<Tensor> &l, int axis = 0)
{ return l.first().of(tt_stack(l.n(), pointers(l).data(), axis)); }
inline Tensor einsum(const char *pattern, const List<Tensor> &l)
{ return l.first().of(tt_einsum(pattern, l.n(), pointers(l).data())); }

/** A scope: what is made in it ends with it, but for what is kept. */
class Scope {
    tt_ctx *c;
    tt_scope s;

  public:
    explicit Scope(Context &ctx, tt_grad_mode m = TT_GRAD) : c(ctx), s(tt_scope_begin(c, m)) {}
    ~Scope() { tt_scope_end(c, s); }
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;
};

} // namespace tt

#endif
