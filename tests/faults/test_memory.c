/* Lack of memory, for every public function: each allocation of each call fails, alone and with all
 * that follow, where no cache can stand in for it: in block_alloc itself. Such a call says so in
 * one line and leaves everything as it was; the next one gives what it gives without faults. */
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>

#include "../unit/unit.h"
#include "base/block.h"
#include "calls.h"

static atomic_llong asked; /* allocations since the last arm() */
static long long fail_from = LLONG_MAX, fail_to;

static bool refused(void)
{
    long long n = atomic_fetch_add(&asked, 1) + 1;
    return n >= fail_from && n <= fail_to;
}

/* The linker puts these in the place of the library's own (--wrap). */
void *__real_block_alloc(block_pool *p, size_t bytes);
void *__wrap_block_alloc(block_pool *p, size_t bytes);
block_pool *__real_block_pool_new(const tt_allocator *a, int64_t limit);
block_pool *__wrap_block_pool_new(const tt_allocator *a, int64_t limit);

void *__wrap_block_alloc(block_pool *p, size_t bytes)
{
    return refused() ? NULL : __real_block_alloc(p, bytes);
}

block_pool *__wrap_block_pool_new(const tt_allocator *a, int64_t limit)
{
    return refused() ? NULL : __real_block_pool_new(a, limit);
}

static void arm(long long from, long long to)
{
    fail_from = from;
    fail_to = to;
    atomic_store(&asked, 0);
}

static long long disarm(void)
{
    fail_from = LLONG_MAX;
    return atomic_load(&asked);
}

static const char *const kinds[] = {"small", "turned", "large"};

/* A call, and which of its allocations fail. */
typedef struct fault {
    const call *c;
    shape_of_stage kind;
    long long from, to;
} fault;

static const char *title(const fault *f)
{
    static char text[200];
    snprintf(text, sizeof text, "tt_%s, %s, %s allocation %lld failing", f->c->name, kinds[f->kind],
             f->to > f->from ? "all from" : "only", f->from);
    return text;
}

/* The call has failed: it said so in one line, and nothing else has changed. */
static void expect_as_before(const fault *f, stage *s, tt_memory before, uint64_t hash)
{
    tt_ctx *ctx = tt_ok(s->ctx) ? s->other : s->ctx;
    const char *message = tt_error_message(ctx);
    bool makes = strstr(f->c->name, "ctx_new") != NULL; /* without a context nothing is said */
    ck_assert_msg(makes || tt_error_code(ctx) == TT_ERR_NOMEM, "%s: the error is %s, '%s'",
                  title(f), tt_status_name(tt_error_code(ctx)), message);
    ck_assert_msg(makes || strstr(message, "out of memory"), "%s: '%s'", title(f), message);
    ck_assert_msg(!strchr(message, '\n'), "%s: '%s' is more than one line", title(f), message);
    tt_error_clear(s->ctx);
    tt_error_clear(s->other);
    tt_memory now = tt_memory_stats(s->ctx);
    ck_assert_msg(now.live_tensors == before.live_tensors, "%s: %lld tensors stay", title(f),
                  (long long)(now.live_tensors - before.live_tensors));
    ck_assert_msg(now.bytes_in_use == before.bytes_in_use, "%s: %lld bytes stay", title(f),
                  (long long)(now.bytes_in_use - before.bytes_in_use));
    ck_assert_msg(stage_digest(s) == hash, "%s: an operand or a gradient has changed", title(f));
}

typedef enum outcome { NOT_REACHED, FAILED, DONE_WITHOUT } outcome;

/* Runs a call with a fault. Where less memory will do, as for handles, it may be done all the same;
 * the result is then the same, too. */
static outcome disturbed(const fault *f, stage *s, uint64_t hash, uint64_t expected)
{
    tt_memory before = tt_memory_stats(s->ctx);
    int files = stage_files_count();
    tt_scope scope = tt_scope_begin(s->ctx, TT_GRAD);
    arm(f->from, f->to);
    bool worked = f->c->run(s), reached = disarm() >= f->from;
    if (!reached || worked) {
        ck_assert_msg(worked && stage_digest(s) == expected, "%s: another result", title(f));
        return reached ? DONE_WITHOUT : NOT_REACHED;
    }
    ck_assert_msg(stage_files_count() == files, "%s: a file stays", title(f));
    s->result = NULL;
    tt_scope_end(s->ctx, scope);
    expect_as_before(f, s, before, hash);
    return FAILED;
}

static void end(const call *c, shape_of_stage kind, stage *s)
{
    stage_free(s);
    ck_assert_msg(s->count.held == 0, "tt_%s, %s: %lld blocks stay", c->name, kinds[kind],
                  (long long)s->count.held);
}

static uint64_t undisturbed(const call *c, shape_of_stage kind)
{
    stage s;
    stage_make(&s, kind);
    bool worked = c->run(&s);
    ck_assert_msg(worked, "tt_%s, %s: %s", c->name, kinds[kind], tt_error_message(s.ctx));
    uint64_t hash = stage_digest(&s);
    end(c, kind, &s);
    return hash;
}

/* From the first allocation to the one that does not come: that run is one without faults, in a
 * context that has seen them all. */
static void sweep(const call *c, shape_of_stage kind)
{
    const uint64_t expected = undisturbed(c, kind);
    outcome last = FAILED;
    stage s;
    stage_make(&s, kind);
    const uint64_t before = stage_digest(&s);
    for (long long k = 2; last != NOT_REACHED; k++) {
        fault f = {c, kind, k / 2,
                   k % 2 ? LLONG_MAX : k / 2}; /* alone, then with all that follow */
        last = disturbed(&f, &s, before, expected);
        if (last == DONE_WITHOUT) {
            end(c, kind, &s);
            stage_make(&s, kind);
        }
    }
    end(c, kind, &s);
}

START_TEST(every_call)
{
    const call *c = &calls[_i];
    char direct[80], wrapped[80];
    snprintf(direct, sizeof direct, "tt_%s(", c->name);
    snprintf(wrapped, sizeof wrapped, "call_%s(", c->name);
    ck_assert_msg(strstr(c->text, direct) || strstr(c->text, wrapped), "the row of %s calls '%s'",
                  c->name, c->text);
    for (shape_of_stage kind = 0; kind < STAGES && !c->asks; kind++)
        sweep(c, kind);
}
END_TEST

START_TEST(questions_take_no_memory)
{
    const call *c = &calls[_i];
    stage s;
    if (!c->asks)
        return;
    stage_make(&s, SMALL);
    arm(1, LLONG_MAX);
    c->run(&s);
    long long n = disarm();
    ck_assert_msg(n == 0 && tt_ok(s.ctx), "tt_%s: %lld allocations: %s", c->name, n,
                  tt_error_message(s.ctx));
    stage_free(&s);
}
END_TEST

/* With --list: the functions that are called, which tests/api/check_swept.sh compares with those
 * that the library exports. */
int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (int i = 0; i < calls_count; i++)
            printf("tt_%s\n", calls[i].name);
        return EXIT_SUCCESS;
    }
    TCase *c = new_case("memory");
    tcase_add_loop_test(c, every_call, 0, calls_count);
    tcase_add_loop_test(c, questions_take_no_memory, 0, calls_count);
    stage_files_make();
    int status = run_suite("memory", c);
    stage_files_remove();
    return status;
}
