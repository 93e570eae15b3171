/* The ends of a program. Input: what went wrong, in the words of printf; output: one line and the
 * exit code. Invariant: no error of the library goes on to the line after it. */
#include "program.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static const char *one_line(const char *format, va_list list)
{
    static char line[8192]; /* memory may be what is missing */
    fail_with_list(line, sizeof line, format, list);
    return line;
}

void program_fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "%s: %s\n", program_name, one_line(format, list));
    va_end(list);
    exit(1);
}

void program_usage(const char *command, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "%s: %s; see --help\n", command, one_line(format, list));
    va_end(list);
    exit(2);
}

static void stop(tt_ctx *ctx, tt_status status, const char *message, void *user)
{
    (void)ctx, (void)status, (void)user;
    program_fail("%s", message);
}

tt_ctx *program_context(int64_t threads, int64_t seed)
{
    tt_ctx *ctx = tt_ctx_new();
    if (!ctx)
        program_fail("no memory");
    tt_set_error_handler(ctx, stop, NULL);
    if (threads > 0)
        tt_set_num_threads(ctx, (int)threads);
    tt_seed(ctx, (uint64_t)seed);
    return ctx;
}

int program_end(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        program_fail("standard output: %s", strerror(errno));
    return status;
}
