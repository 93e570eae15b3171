/* The shared library loaded, used and unloaded by a program that is not linked with it, again and
 * again: each time it is gone, and no thread of it is left.
 * usage: test_unload LIBRARY */
#include "unit.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

static const char *library;

static int tasks(void)
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
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return tasks() == n;
}

typedef void function(void);

static function *find(void *from, const char *name)
{
    void *p = dlsym(from, name);
    function *f = NULL;
    ck_assert_msg(p != NULL, "%s", name);
    memcpy(&f, &p, sizeof f); /* ISO C has no conversion from void * */
    return f;
}

/* On three threads: a sum, and a product, which BLAS computes. */
static void compute(void *from)
{
    tt_ctx *(*new)(void) = (tt_ctx * (*)(void)) find(from, "tt_ctx_new");
    void (*set_num_threads)(tt_ctx *, int) =
        (void (*)(tt_ctx *, int))find(from, "tt_set_num_threads");
    tt_tensor *(*ones)(tt_ctx *, tt_dtype, int, const int64_t *) =
        (tt_tensor * (*)(tt_ctx *, tt_dtype, int, const int64_t *)) find(from, "tt_ones");
    tt_tensor *(*matmul)(tt_tensor *, tt_tensor *) =
        (tt_tensor * (*)(tt_tensor *, tt_tensor *)) find(from, "tt_matmul");
    tt_tensor *(*sum)(tt_tensor *, int, const int *, bool) =
        (tt_tensor * (*)(tt_tensor *, int, const int *, bool)) find(from, "tt_sum");
    double (*item)(tt_tensor *) = (double (*)(tt_tensor *))find(from, "tt_item");
    void (*end)(tt_ctx *) = (void (*)(tt_ctx *))find(from, "tt_ctx_free");

    tt_ctx *ctx = new ();
    set_num_threads(ctx, 3);
    tt_tensor *x = ones(ctx, TT_F32, TT_SHAPE(300, 300));
    ck_assert(item(sum(matmul(x, x), TT_ALL_AXES, false)) == 300.0 * 300 * 300);
    end(ctx);
}

static void *nothing(void *arg)
{
    return arg;
}

START_TEST(nothing_is_left)
{
    pthread_t first; /* after which ThreadSanitizer has one of its own */
    ck_assert(pthread_create(&first, NULL, nothing, NULL) == 0 && pthread_join(first, NULL) == 0);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    int alone = tasks();
    for (int i = 0; i < 20; i++) {
        void *from = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        ck_assert_msg(from != NULL, "%s", dlerror());
        int before = tasks(); /* OpenBLAS may have started its own */
        if (i % 4 != 3)       /* also without threads */
            compute(from);
        ck_assert_int_eq(tasks(), before + (i % 4 != 3 ? 2 : 0));
        ck_assert_int_eq(dlclose(from), 0);
        ck_assert_msg(dlopen(library, RTLD_NOW | RTLD_NOLOAD) == NULL, "it is still loaded");
        ck_assert_msg(tasks_become(alone), "%d threads", tasks());
    }
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    library = argv[1];
    TCase *c = new_case("unload");
    tcase_add_test(c, nothing_is_left);
    return run_suite("unload", c);
}
