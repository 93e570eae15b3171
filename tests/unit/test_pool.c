/* The pool of helpers and what a program may do to it: ask for more, refuse it threads, fork, end
 * or unload the library while it is there. Each case is a process of its own: the program runs
 * itself with the name of a scenario, which is right when it ends with 0. Linked so that the
 * library's calls of pthread_create and the like come here first. */
#define _GNU_SOURCE
#include "kernel/walk/parallel.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 32, PATIENCE = 100 /* seconds */ };

static const char *program;

/* What the library calls. */

static struct refusals {
    bool key, atfork;
    int threads; /* how many are given before none; -1: all */
    sem_t *hold; /* new threads wait for it */
} refuse = {.threads = -1};

typedef void *start_routine(void *);
static start_routine *held_routine;

int __real_pthread_create(pthread_t *, const pthread_attr_t *, start_routine *, void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, start_routine *, void *);
int __real_pthread_atfork(void (*)(void), void (*)(void), void (*)(void));
int __wrap_pthread_atfork(void (*)(void), void (*)(void), void (*)(void));
int __real_pthread_key_create(pthread_key_t *, void (*)(void *));
int __wrap_pthread_key_create(pthread_key_t *, void (*)(void *));

static void *hold(void *arg)
{
    sem_wait(refuse.hold);
    return held_routine(arg);
}

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, start_routine *fn, void *arg)
{
    if (refuse.threads == 0)
        return EAGAIN;
    if (refuse.threads > 0)
        refuse.threads--;
    held_routine = fn;
    return __real_pthread_create(t, a, refuse.hold ? hold : fn, arg);
}

int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    return refuse.atfork ? ENOMEM : __real_pthread_atfork(prepare, parent, child);
}

int __wrap_pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
    return refuse.key ? EAGAIN : __real_pthread_key_create(key, destroy);
}

/* What the scenarios need. */

static void nap(int milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L}, NULL);
}

static int tasks(void) /* threads of this process */
{
    DIR *d = opendir("/proc/self/task");
    int n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

/* One that was joined may be listed for a moment longer. */
static bool tasks_become(int n)
{
    for (int i = 0; i < 1000 && tasks() != n; i++)
        nap(1);
    return tasks() == n;
}

enum { ROWS = 150, INNER = 200, COLUMNS = 300, RESULTS = ROWS * COLUMNS };

static bool compute(int threads, float *out)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, threads);
    tt_tensor *a = tt_randn(ctx, TT_F32, TT_SHAPE(ROWS, INNER));
    tt_tensor *b = tt_randn(ctx, TT_F32, TT_SHAPE(INNER, COLUMNS));
    tt_tensor *y = tt_softmax(tt_matmul(a, tt_tanh(b)), 1);
    bool ok = tt_copy_out(y, out, RESULTS * sizeof *out) == TT_OK;
    tt_ctx_free(ctx);
    return ok;
}

static bool computes_right(int threads)
{
    float *x = malloc(2 * RESULTS * sizeof *x), *y = x + RESULTS;
    bool ok = x && compute(1, x) && compute(threads, y) && memcmp(x, y, RESULTS * sizeof *x) == 0;
    free(x);
    return ok;
}

/* Whether a child that is forked here computes, and ends as processes do. */
static bool child_computes(int threads)
{
    int status = -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(PATIENCE);
        exit(computes_right(threads) ? 0 : 1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Scenarios. */

static int default_number(void)
{
    tt_ctx *ctx = tt_ctx_new();
    int n = tt_num_threads(ctx);
    tt_set_num_threads(ctx, 3);
    tt_set_num_threads(ctx, -1);
    bool same = tt_num_threads(ctx) == n;
    tt_ctx_free(ctx);
    return !same || !computes_right(0) ? 255 : n > 200 ? 200 : n;
}

/* Helpers that the system does not run: nobody waits for them. */
static int late_helpers(void)
{
    static sem_t sem;
    int base = tasks();
    sem_init(&sem, 0, 0);
    refuse.hold = &sem;
    if (!computes_right(3) || tasks() != base + 2)
        return 1;
    sem_post(&sem);
    if (!computes_right(3))
        return 2;
    sem_post(&sem);
    return computes_right(3) && tasks() == base + 2 ? 0 : 3;
}

static int no_more_than_asked(void)
{
    static const int threads[] = {1, 2, 2, 4, 3, 1, 4}, helpers[] = {0, 1, 1, 3, 3, 3, 3};
    int base = tasks();
    for (int i = 0; i < 7; i++)
        if (!computes_right(threads[i]) || tasks() != base + helpers[i])
            return i + 1;
    return 0;
}

/* Nanoseconds on a processor of the threads that there are, without the main one. */
static long long time_of_others(void)
{
    DIR *d = opendir("/proc/self/task");
    long long sum = 0, own = 0;
    char file[300];
    for (struct dirent *e; (e = readdir(d));) {
        snprintf(file, sizeof file, "/proc/self/task/%s/schedstat", e->d_name);
        FILE *f = e->d_name[0] == '.' || atoi(e->d_name) == getpid() ? NULL : fopen(file, "r");
        if (f && fscanf(f, "%lld", &own) == 1)
            sum += own;
        if (f)
            fclose(f);
    }
    closedir(d);
    return sum;
}

/* BLAS has threads of its own, or would start some; in our products they do nothing. */
static int blas_works_alone(void)
{
    int base = tasks();
    nap(300); /* they may spin at first */
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, 1);
    long long before = time_of_others();
    for (int i = 0; i < 5; i++)
        for (int n = 50; n < 1000; n *= 4) { /* through small kernels, and not */
            tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
            tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(n, n)),
                      *y = tt_ones(ctx, TT_F64, TT_SHAPE(n, n));
            if (!tt_matmul(x, x) || !tt_matmul(y, y) || !tt_matmul(x, tt_transpose(x, 0, 1)))
                return 1;
            tt_scope_end(ctx, s);
        }
    tt_ctx_free(ctx);
    if (tasks() != base)
        return 2;
    if (time_of_others() - before > 2000000)
        return 3;
    return computes_right(3) && tasks() == base + 2 ? 0 : 4;
}

typedef struct user {
    pthread_t thread;
    int most;
    bool wrong;
} user;

static void *compute_often(void *arg)
{
    user *u = arg;
    for (int i = 0; i < 5; i++) {
        u->wrong = !computes_right(2 + i % 2) || u->wrong;
        int n = tasks();
        u->most = n > u->most ? n : u->most;
    }
    return NULL;
}

/* Contexts in many threads share two helpers. */
static int many_contexts(void)
{
    static user u[MANY];
    int base = tasks();
    for (int i = 0; i < MANY; i++)
        if (__real_pthread_create(&u[i].thread, NULL, compute_often, &u[i]) != 0)
            return 1;
    for (int i = 0; i < MANY; i++) {
        pthread_join(u[i].thread, NULL);
        if (u[i].wrong)
            return 2;
        if (u[i].most > base + MANY + 2)
            return 3;
    }
    return tasks_become(base + 2) ? 0 : 4;
}

static int alone(void)
{
    int base = tasks();
    return computes_right(4) && tasks() == base ? 0 : 1;
}

static int no_key(void)
{
    refuse.key = true;
    return alone();
}

static int no_atfork(void)
{
    refuse.atfork = true;
    return alone();
}

static int no_threads(void)
{
    refuse.threads = 0;
    return alone();
}

static int one_thread(void)
{
    int base = tasks();
    refuse.threads = 1;
    return computes_right(4) && tasks() == base + 1 ? 0 : 1;
}

static int threads_later(void)
{
    int base = tasks();
    if (no_threads() != 0)
        return 1;
    refuse.threads = -1;
    nap(1100);
    return computes_right(4) && tasks() == base + 3 ? 0 : 2;
}

/* A thread's stack is what the pool needs of memory. */
static int no_memory(void)
{
    long pages = 0;
    tt_ctx *ctx = tt_ctx_new();
    float *x = malloc(RESULTS * sizeof *x), *y = malloc(RESULTS * sizeof *y);
    if (!x || !y || !compute(1, x)) /* BLAS takes memory of its own at the first product */
        return 1;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld", &pages) != 1)
        return 1;
    fclose(f);
    rlim_t now = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
    int base = tasks();
    setrlimit(RLIMIT_AS, &(struct rlimit){now + (3 << 20), now + (3 << 20)});
    bool same = compute(4, y) && memcmp(x, y, RESULTS * sizeof *x) == 0;
    free(x);
    free(y);
    tt_ctx_free(ctx);
    return same && tasks() == base ? 0 : 2;
}

static int fork_after_product(void)
{
    if (!computes_right(3))
        return 1;
    for (int i = 0; i < 5; i++)
        if (!child_computes(3))
            return 2;
    return computes_right(3) ? 0 : 3;
}

static int fork_in_child(void)
{
    int status = -1;
    if (!computes_right(2))
        return 1;
    pid_t pid = fork();
    if (pid == 0)
        exit(fork_after_product());
    return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 2;
}

static _Atomic bool enough;

static void *compute_until_enough(void *arg)
{
    (void)arg;
    while (!atomic_load(&enough))
        computes_right(2);
    return NULL;
}

/* Products of all sizes, too, which BLAS must not be in when its own destructor runs. */
static void *compute_for_ever(void *arg)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, 2);
    for (;;) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        tt_tensor *x = tt_softmax(tt_tanh(tt_randn(ctx, TT_F32, TT_SHAPE(ROWS, COLUMNS))), 1);
        for (int i = 0; i < 50; i++)
            tt_matmul(x, tt_permute(x, TT_AXES(1, 0)));
        tt_scope_end(ctx, s);
    }
    return arg;
}

static bool start_users(int n, pthread_t *thread, void *(*fn)(void *))
{
    for (int i = 0; i < n; i++)
        if (__real_pthread_create(&thread[i], NULL, fn, NULL) != 0)
            return false;
    nap(20);
    return true;
}

static int fork_beside_others(void)
{
    pthread_t thread[3];
    int wrong = 0;
    if (!start_users(3, thread, compute_until_enough))
        return 1;
    for (int i = 0; i < 20; i++)
        wrong += !child_computes(2);
    atomic_store(&enough, true);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    return wrong ? 2 : 0;
}

static int exit_beside_others(void)
{
    pthread_t thread[3];
    return start_users(3, thread, compute_for_ever) ? 0 : 1;
}

/* Running them. */

typedef struct scenario {
    const char *name;
    int (*fn)(void);
    int times;
} scenario;

#define SCENARIO(name, times)                                                                      \
    {                                                                                              \
#name, name, times                                                                         \
    }
#ifdef TT_SANITIZED /* sanitizers need their own memory, and threads that they have seen start */
enum { UNSANITIZED = 0 };
#else
enum { UNSANITIZED = 1 };
#endif
static const scenario scenarios[] = {
    SCENARIO(late_helpers, 1),
    SCENARIO(no_more_than_asked, 1),
    SCENARIO(many_contexts, 1),
    SCENARIO(no_key, 1),
    SCENARIO(no_atfork, 1),
    SCENARIO(no_threads, 1),
    SCENARIO(one_thread, 1),
    SCENARIO(threads_later, 1),
    SCENARIO(exit_beside_others, 20),
    SCENARIO(no_memory, UNSANITIZED),
    SCENARIO(fork_after_product, UNSANITIZED),
    SCENARIO(fork_in_child, UNSANITIZED),
    SCENARIO(fork_beside_others, UNSANITIZED),
    SCENARIO(blas_works_alone, 1),
    SCENARIO(default_number, 0),
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

/* The exit status of the program with the scenario's name; 1000 and more where it was killed. */
static int run(const char *name, const char *tt_num_threads, const char *omp_num_threads)
{
    int status = -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (tt_num_threads)
            setenv("TT_NUM_THREADS", tt_num_threads, 1);
        else
            unsetenv("TT_NUM_THREADS");
        if (omp_num_threads)
            setenv("OMP_NUM_THREADS", omp_num_threads, 1);
        else
            unsetenv("OMP_NUM_THREADS");
        if (strcmp(name, "blas_works_alone") != 0)
            setenv("OPENBLAS_NUM_THREADS", "1", 1); /* threads are counted, and memory limited */
        alarm(PATIENCE);
        execl(program, program, name, (char *)NULL);
        _exit(254);
    }
    ck_assert(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

START_TEST(runs)
{
    const scenario *s = &scenarios[_i];
    for (int i = 0; i < s->times; i++) {
        int status = run(s->name, NULL, NULL);
        ck_assert_msg(status == 0, "%s ends with %d", s->name, status);
    }
}
END_TEST

/* What the environment asks for, where it can be understood. */
START_TEST(environment)
{
    static const struct {
        const char *ours, *omp;
        int n; /* 0: as without both */
    } rows[] = {
        {"3", NULL, 3},   {" 5 ", "2", 5}, {NULL, "7", 7},       {NULL, "6,2", 6},
        {"0", NULL, 0},   {"-1", NULL, 0}, {"abc", NULL, 0},     {"3x", NULL, 0},
        {"2.5", NULL, 0}, {"", NULL, 0},   {"10000", NULL, 0},   {"1024", NULL, 200},
        {"0", "4", 4},    {"-1", "4", 4},  {"abc", "4", 4},      {"10000", "4", 4},
        {NULL, "0", 0},   {NULL, "", 0},   {NULL, "dynamic", 0}, {"99999999999999999999", NULL, 0}};
    int usual = run("default_number", NULL, NULL);
    ck_assert_int_ge(usual, 1);
    ck_assert_int_le(usual, (int)sysconf(_SC_NPROCESSORS_CONF));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int n = run("default_number", rows[i].ours, rows[i].omp);
        ck_assert_msg(
            n == (rows[i].n ? rows[i].n : usual), "TT_NUM_THREADS=%s OMP_NUM_THREADS=%s: %d",
            rows[i].ours ? rows[i].ours : "(unset)", rows[i].omp ? rows[i].omp : "(unset)", n);
    }
}
END_TEST

int main(int argc, char **argv)
{
    program = argv[0];
    for (int i = 0; argc > 1 && i < SCENARIOS; i++)
        if (strcmp(argv[1], scenarios[i].name) == 0)
            return scenarios[i].fn();
    TCase *c = new_case("pool");
    tcase_add_loop_test(c, runs, 0, SCENARIOS);
    tcase_add_test(c, environment);
    return run_suite("pool", c);
}
