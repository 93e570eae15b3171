/* All that the library knows of BLAS: CBLAS's two products, and how to keep OpenBLAS from starting
 * threads of its own beside ours. OpenBLAS's own functions, and those of the OpenMP runtime that
 * one of its builds brings, are looked up while running, since the library that the loader finds
 * need not be the one that was linked, nor OpenBLAS at all. Invariant: after the last blas_leave
 * the settings of BLAS and OpenMP are what they were. */
#define _GNU_SOURCE /* RTLD_DEFAULT: the symbols that this library's own calls are bound to */
#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "blas.h"
#include "gate.h"

#ifndef TT_BLAS_NAME
#define TT_BLAS_NAME "cblas"
#endif

typedef enum threading { NO_THREADS, PTHREADS, OPENMP } threading;

/* BLAS is one for the whole process, hence so are these: what it is, found once, and how many of
 * our calls are inside it, over all contexts. Its number of threads is set when the first comes and
 * restored when the last leaves. */
static pthread_once_t found_once = PTHREAD_ONCE_INIT;
static struct found {
    threading kind;
    bool small_kernels;
    bool one_at_a_time; /* has one set of buffers, which threads take from each other */
    char name[120];
    int (*get_num_threads)(void);
    void (*set_num_threads)(int);
    int (*omp_in_parallel)(void);
    int (*omp_get_max_threads)(void);
    void (*omp_set_num_threads)(int);
} found;

static pthread_mutex_t inside_lock = PTHREAD_MUTEX_INITIALIZER;
static struct inside {
    int users;
    int before;     /* BLAS's number of threads when there were none */
    int unrestored; /* after fork while some were inside: what is still to be restored, or 0 */
} inside;

static pthread_mutex_t buffers_lock = PTHREAD_MUTEX_INITIALIZER;

typedef void function(void);

static function *look_up(const char *name)
{
    void *p = dlsym(RTLD_DEFAULT, name);
    function *f = NULL;
    memcpy(&f, &p, sizeof f); /* ISO C has no conversion from void * */
    return f;
}

static bool find_openmp(void)
{
    found.omp_in_parallel = (int (*)(void))look_up("omp_in_parallel");
    found.omp_get_max_threads = (int (*)(void))look_up("omp_get_max_threads");
    found.omp_set_num_threads = (void (*)(int))look_up("omp_set_num_threads");
    return found.omp_in_parallel && found.omp_get_max_threads && found.omp_set_num_threads;
}

/* The processors for which OpenBLAS 0.3 has such kernels. */
static bool small_kernels(const char *version, const char *core)
{
    static const char *const cores[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
    if (strncmp(version, "OpenBLAS 0.3.", 13) != 0)
        return false;
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++)
        if (strcmp(core, cores[i]) == 0)
            return true;
    return false;
}

/* After fork: the threads that were in here are not in the child; the one that forked was not. */
static void begin_in_child(void)
{
    inside_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    buffers_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    gate_in_child();
    if (inside.users > 0)
        inside.unrestored = inside.before;
    inside.users = 0;
}

static void find(void)
{
    static const char *const kinds[] = {"serial", "pthread", "openmp"};
    char *(*config)(void) = (char *(*)(void))look_up("openblas_get_config");
    char *(*corename)(void) = (char *(*)(void))look_up("openblas_get_corename");
    int (*parallel)(void) = (int (*)(void))look_up("openblas_get_parallel");
    pthread_atfork(NULL, NULL, begin_in_child);
    found.get_num_threads = (int (*)(void))look_up("openblas_get_num_threads");
    found.set_num_threads = (void (*)(int))look_up("openblas_set_num_threads");
    if (!config || !corename || !parallel || !found.get_num_threads || !found.set_num_threads) {
        snprintf(found.name, sizeof found.name, "%s", TT_BLAS_NAME);
        return;
    }
    const char *about = config(), *core = corename();
    int kind = parallel();
    found.kind = kind == 1 ? PTHREADS : kind == 2 && find_openmp() ? OPENMP : NO_THREADS;
    found.small_kernels = small_kernels(about, core);
    found.one_at_a_time = kind == 0 && !strstr(about, "USE_LOCKING");
    const char *end = strchr(about, ' '); /* "OpenBLAS 0.3.21 ..." */
    size_t words = end ? (size_t)(end - about) + 1 + strcspn(end + 1, " ") : strlen(about);
    snprintf(found.name, sizeof found.name, "%.*s, %s, %s", (int)words, about, core,
             kinds[kind == 1 || kind == 2 ? kind : 0]);
}

bool blas_has_small_kernels(void)
{
    pthread_once(&found_once, find);
    return found.small_kernels;
}

const char *blas_describe(char *buf, size_t size)
{
    pthread_once(&found_once, find);
    snprintf(buf, size, "%s", found.name);
    return buf;
}

bool blas_is_concurrent(void)
{
    pthread_once(&found_once, find);
    return !found.one_at_a_time;
}

static void enter_pthreads(void)
{
    int place = gate_enter();
    pthread_mutex_lock(&inside_lock);
    if (inside.users++ == 0) {
        int now = found.get_num_threads();
        inside.before = now == 1 && inside.unrestored ? inside.unrestored : now;
        inside.unrestored = 0;
        if (now != 1)
            found.set_num_threads(1);
    }
    pthread_mutex_unlock(&inside_lock);
    gate_leave(place);
}

static void leave_pthreads(void)
{
    int place = gate_enter();
    pthread_mutex_lock(&inside_lock);
    /* A number other than 1 was set by the program while we were inside: it stays. */
    if (--inside.users == 0 && inside.before != 1 && found.get_num_threads() == 1)
        found.set_num_threads(inside.before);
    pthread_mutex_unlock(&inside_lock);
    gate_leave(place);
}

/* OpenBLAS's OpenMP build runs on one thread in a parallel region (of the program's) by itself.
 * Outside of one it takes OpenMP's number of threads, a setting of each thread, which
 * openblas_set_num_threads would change for good: so OpenMP's is set. Returns what it was, 0 where
 * nothing was to be done. */
static int one_omp_thread(void)
{
    int before = found.omp_get_max_threads();
    if (before == 1 || found.omp_in_parallel())
        return 0;
    found.omp_set_num_threads(1);
    return before;
}

blas_guard blas_enter(void)
{
    blas_guard g = {0};
    pthread_once(&found_once, find);
    if (found.kind == PTHREADS)
        enter_pthreads();
    else if (found.kind == OPENMP)
        g.omp_threads = one_omp_thread();
    return g;
}

void blas_leave(blas_guard g)
{
    if (found.kind == PTHREADS)
        leave_pthreads();
    else if (g.omp_threads)
        found.omp_set_num_threads(g.omp_threads);
}

static enum CBLAS_TRANSPOSE trans(blas_matrix x)
{
    return x.transposed ? CblasTrans : CblasNoTrans;
}

/* Small products use no buffers. */
static bool must_wait(int64_t m, int64_t n, int64_t k, blas_matrix a, blas_matrix b)
{
    bool small = found.small_kernels && (double)m * (double)n * (double)k <= BLAS_SMALL &&
                 (a.transposed || !b.transposed);
    return found.one_at_a_time && !small;
}

/* A call on any thread. The caller's is as blas_enter has set it; those that help, which are the
 * library's own, stay with one OpenMP thread for good. */
static blas_visit begin(bool waits)
{
    blas_visit v = {gate_enter(), waits};
    if (found.kind == OPENMP)
        one_omp_thread();
    if (v.waited)
        pthread_mutex_lock(&buffers_lock);
    return v;
}

blas_visit blas_begin(void)
{
    return begin(found.one_at_a_time);
}

void blas_end(blas_visit v)
{
    if (v.waited)
        pthread_mutex_unlock(&buffers_lock);
    gate_leave(v.place);
}

void blas_sgemm(int64_t m, int64_t n, int64_t k, double alpha, blas_matrix a, blas_matrix b,
                double beta, void *c, int64_t ldc)
{
    blas_visit v = begin(must_wait(m, n, k, a, b));
    cblas_sgemm(CblasRowMajor, trans(a), trans(b), (int)m, (int)n, (int)k, (float)alpha, a.data,
                (int)a.ld, b.data, (int)b.ld, (float)beta, c, (int)ldc);
    blas_end(v);
}

void blas_dgemm(int64_t m, int64_t n, int64_t k, double alpha, blas_matrix a, blas_matrix b,
                double beta, void *c, int64_t ldc)
{
    blas_visit v = begin(must_wait(m, n, k, a, b));
    cblas_dgemm(CblasRowMajor, trans(a), trans(b), (int)m, (int)n, (int)k, alpha, a.data, (int)a.ld,
                b.data, (int)b.ld, beta, c, (int)ldc);
    blas_end(v);
}
