/* Version, and what this build was made with and picked at run time: the same text for as long as
 * the process lives. */
#include <pthread.h>
#include <stdio.h>
#include "kernel/product/blas.h"
#include <tinytensor/context.h>
#include "base/exec.h"
#include "base/threads.h"

#define TEXT_OF_(x) #x
#define TEXT_OF(x)  TEXT_OF_(x)

const char *tt_version(void)
{
    return TEXT_OF(TT_VERSION_MAJOR) "." TEXT_OF(TT_VERSION_MINOR) "." TEXT_OF(TT_VERSION_PATCH);
}

/* Written once, whoever asks first. */
static pthread_once_t info_once = PTHREAD_ONCE_INIT;
static char info[512];

static void write_info(void)
{
    char blas[256];
    blas_describe(blas, sizeof blas);
    snprintf(info, sizeof info,
             "libtinytensor %s; BLAS: %s; threads: %d; instruction set: %s; "
             "LAPACK: %s; zlib: %s",
             tt_version(), blas, threads_default(), kernels_name(kernels_pick()),
             TT_HAVE_LAPACK ? "yes" : "no", TT_HAVE_ZLIB ? "yes" : "no");
}

const char *tt_build_info(void)
{
    pthread_once(&info_once, write_info);
    return info;
}
