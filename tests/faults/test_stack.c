/* Small stacks: every public function, in a thread whose stack is painted beforehand, so that what
 * was written the furthest down shows how much it needs. That is at most 64 KiB more than a product
 * of BLAS needs by itself, as context.h says.
 * usage: test_stack, or test_stack --show for a list of what each function needs */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_STACK */
#include <cblas.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "../unit/unit.h"
#include "calls.h"

enum { STACK = 512 << 10, MORE = 64 << 10, PAINT = 0xa5, SIDE = 200 };

typedef void work(void *arg);
typedef struct task {
    work *fn;
    void *arg;
} task;

static void *start(void *arg)
{
    const task *t = arg;
    t->fn(t->arg);
    return NULL;
}

/* Bytes of the stack that fn(arg) writes to, with what every thread has there. */
static int64_t depth_of(work *fn, void *arg)
{
    pthread_t thread;
    pthread_attr_t attr;
    task t = {fn, arg};
    unsigned char *stack =
        mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        abort();
    memset(stack, PAINT, STACK);
    pthread_attr_init(&attr);
    if (pthread_attr_setstack(&attr, stack, STACK) || pthread_create(&thread, &attr, start, &t))
        abort();
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
    int64_t untouched = 0;
    while (untouched < STACK && stack[untouched] == PAINT)
        untouched++;
    munmap(stack, STACK);
    return STACK - untouched;
}

/* Products as the library asks for them: small and large, transposed and not. */
static void multiply(void *arg)
{
    static float f[3][SIDE * SIDE];
    static double d[3][SIDE * SIDE];
    static const int sides[] = {8, 32, 64, SIDE};
    (void)arg;
    for (int i = 0; i < 4 * 4; i++) {
        enum CBLAS_TRANSPOSE a = i & 1 ? CblasTrans : CblasNoTrans;
        enum CBLAS_TRANSPOSE b = i & 2 ? CblasTrans : CblasNoTrans;
        int n = sides[i / 4];
        cblas_sgemm(CblasRowMajor, a, b, n, n, n, 1, f[0], n, f[1], n, 0, f[2], n);
        cblas_dgemm(CblasRowMajor, a, b, n, n, n, 1, d[0], n, d[1], n, 0, d[2], n);
    }
}

typedef struct row {
    const call *c;
    shape_of_stage kind;
    bool worked;
} row;

static void run_call(void *arg)
{
    row *r = arg;
    stage s;
    stage_make(&s, r->kind);
    tt_set_num_threads(s.ctx, 1);
    r->worked = r->c->run(&s);
    stage_free(&s);
}

/* What has tiles, panels and tables of its own, in sizes that fill them. */
static void fill_tiles(tt_ctx *ctx, tt_dtype d)
{
    tt_tensor *x = tt_param(tt_randn(ctx, d, TT_SHAPE(SIDE, SIDE)));
    tt_tensor *q = tt_param(tt_randn(ctx, d, TT_SHAPE(2, 150, 64))), *k = q, *v = q;
    tt_tensor *wide = tt_randn(ctx, d, TT_SHAPE(300, 3000)), *t = tt_permute(wide, TT_AXES(1, 0));
    tt_tensor *y = tt_add(tt_matmul(x, x), tt_permute(x, TT_AXES(1, 0)));
    tt_backward_with(y, tt_ones_like(y), 0);
    y = tt_scaled_dot_product_attention(q, k, v, NULL, true, 0);
    tt_backward_with(y, tt_ones_like(y), 0);
    tt_where(tt_gt(t, t), t, tt_contiguous(t));
    for (int axis = 0; axis < 2; axis++) {
        tt_sum(wide, TT_AXES(axis), false);
        tt_logsumexp(t, TT_AXES(axis), false);
        tt_var(t, TT_AXES(axis), 1, false);
        tt_argmax(wide, axis, false);
        tt_argmax(tt_slice(t, "::2, ::3"), axis, false);
        tt_sum(tt_slice(t, "::2, ::3"), TT_AXES(axis), false);
        tt_cumsum(t, axis);
        tt_logcumsumexp(wide, axis);
        tt_cummax(t, axis);
        tt_softmax(tt_slice(wide, "0:300, 0:20"), axis);
    }
    tt_matmul(tt_slice(x, "::2"), tt_slice(x, ":, 7"));
    tt_matmul(t, tt_slice(wide, "0:300, 0:1"));
    tt_einsum("a b, b c, c d -> d a", TT_TENSORS(x, x, x));
    tt_rearrange(wide, "(a b) (c d) -> d b c a, a=%d, c=%d", 3, 10);
}

static void fill_all_tiles(void *arg)
{
    bool *worked = arg;
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, 1);
    fill_tiles(ctx, TT_F32);
    fill_tiles(ctx, TT_F64);
    tt_tensor *n = tt_ones(ctx, TT_I64, TT_SHAPE(90, 90));
    tt_matmul(n, tt_matmul(n, n));
    *worked = tt_ok(ctx);
    if (!*worked)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
}

static int64_t allowed(void)
{
    static int64_t blas;
    if (blas == 0)
        blas = depth_of(multiply, NULL);
    return blas + MORE;
}

START_TEST(every_call)
{
    for (shape_of_stage kind = 0; kind < STAGES; kind++) {
        row r = {&calls[_i], kind, false};
        int64_t depth = depth_of(run_call, &r);
        ck_assert_msg(r.worked || r.c->asks, "tt_%s failed", r.c->name);
        ck_assert_msg(depth <= allowed(), "tt_%s: %lld bytes of stack, more than %lld", r.c->name,
                      (long long)depth, (long long)allowed());
    }
}
END_TEST

START_TEST(full_tiles)
{
    bool worked = false;
    int64_t depth = depth_of(fill_all_tiles, &worked);
    ck_assert(worked);
    ck_assert_msg(depth <= allowed(), "%lld bytes of stack, more than %lld", (long long)depth,
                  (long long)allowed());
}
END_TEST

static void do_nothing(void *arg)
{
    (void)arg;
}

static void show(void)
{
    bool worked;
    printf("%8lld  nothing\n", (long long)depth_of(do_nothing, NULL));
    printf("%8lld  a product of BLAS\n", (long long)depth_of(multiply, NULL));
    printf("%8lld  full tiles\n", (long long)depth_of(fill_all_tiles, &worked));
    for (int i = 0; i < calls_count; i++) {
        int64_t most = 0;
        for (shape_of_stage kind = 0; kind < STAGES; kind++) {
            row r = {&calls[i], kind, false};
            int64_t depth = depth_of(run_call, &r);
            most = depth > most ? depth : most;
        }
        printf("%8lld  tt_%s\n", (long long)most, calls[i].name);
    }
}

int main(int argc, char **argv)
{
    stage_files_make();
    int status = EXIT_SUCCESS;
    if (argc > 1 && strcmp(argv[1], "--show") == 0) {
        show();
    } else {
        TCase *c = new_case("stack");
        tcase_add_loop_test(c, every_call, 0, calls_count);
        tcase_add_test(c, full_tiles);
        status = run_suite("stack", c);
    }
    stage_files_remove();
    return status;
}
