/* The ends of a program. Input: what went wrong, in the words of printf; output: one line and the
 * exit code. Invariant: no error of the library goes on to the line after it. */
#define _POSIX_C_SOURCE 200809L
#include "program.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "files.h"
#include "interrupt.h"
#include "progress.h"
#include "standard.h"

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
    progress_clear();
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

/* Models are mapped: see io.h. Calls only what a handler of a signal may. */
static void on_bus_error(int number)
{
    static const char text[] = ": a file that it reads was made shorter by another program\n";
    static atomic_flag met = ATOMIC_FLAG_INIT;
    (void)number;
    if (atomic_flag_test_and_set(&met)) /* on another thread: that one ends the program */
        for (;;)
            pause();
    if (write(STDERR_FILENO, program_name, strlen(program_name)) > 0 &&
        write(STDERR_FILENO, text, sizeof text - 1) > 0)
        interrupt_clean_up();
    _exit(1);
}

tt_ctx *program_context(int64_t threads, int64_t seed)
{
    struct sigaction action = {.sa_handler = on_bus_error};
    sigaction(SIGBUS, &action, NULL);
    tt_ctx *ctx = tt_ctx_new();
    if (!ctx)
        program_fail("no memory");
    tt_set_error_handler(ctx, stop, NULL);
    if (threads > 0)
        tt_set_num_threads(ctx, (int)threads);
    tt_seed(ctx, (uint64_t)seed);
    return ctx;
}

void program_need_writable(const char *path)
{
    if (path && !path_writable(path))
        program_fail("%s: cannot write: %s", path, strerror(errno));
}

int program_version(void)
{
    printf("%s %d.%d.%d\n%s\n", program_name, TT_VERSION_MAJOR, TT_VERSION_MINOR, TT_VERSION_PATCH,
           tt_build_info());
    return program_end(0);
}

/* What a stream's failure was, which may be long ago: the next byte fails, too, as a rule. */
static const char *why_lost(FILE *f)
{
    clearerr(f);
    errno = 0;
    return fputc('\n', f) == EOF || fflush(f) != 0 ? strerror(errno) : "a part of it is lost";
}

int program_end(int status)
{
    FILE *streams[] = {stdout, standard_file()};
    for (int i = 0; i < 2; i++)
        if (streams[i] && (fflush(streams[i]) != 0 || ferror(streams[i])))
            program_fail("standard output: %s", why_lost(streams[i]));
    return status;
}
