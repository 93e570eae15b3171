/* Version, and what this build was made with and picked at run time. */
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

const char *tt_build_info(void)
{
    /* The same text at every call: two threads that fill it at once write the same bytes. */
    static char text[512];
    char blas[256];
    blas_describe(blas, sizeof blas);
    snprintf(text, sizeof text,
             "libtinytensor %s; BLAS: %s; threads: %d; instruction set: %s; "
             "zlib: %s",
             tt_version(), blas, threads_default(), kernels_name(kernels_pick()),
             TT_HAVE_ZLIB ? "yes" : "no");
    return text;
}
