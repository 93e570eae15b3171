/* The other side, as a coprocess: `peer.py` under a Python, or this program again on another build
 * of the library. It says in its first line "ok WHAT IT RUNS" or "no REASON", then answers each
 * line with a number and, after a blank, what is to be said about it. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

static void prepend_library_path(const char *folder)
{
    const char *now = getenv("LD_LIBRARY_PATH");
    char path[4096];
    snprintf(path, sizeof path, "%s%s%s", folder, now ? ":" : "", now ? now : "");
    setenv("LD_LIBRARY_PATH", path, 1);
}

/* A PyTorch that computes with the system's OpenBLAS, as Debian's does, has threads that fight with
 * those of its pthread build; the OpenMP build is its best. One that brings its BLAS ignores this.
 */
static void python_environment(int threads)
{
    static const char best[] = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
    char n[16];
    snprintf(n, sizeof n, "%d", threads);
    setenv("OMP_NUM_THREADS", n, 1);
    if (access(best, X_OK) == 0)
        prepend_library_path(best);
}

static const char *python(void)
{
    const char *path = getenv("TT_PEER_PYTHON");
    return path && *path ? path : "python3";
}

static void start(const char *folder, int threads, bool quick)
{
    char n[16];
    snprintf(n, sizeof n, "%d", threads);
    if (folder) {
        prepend_library_path(folder);
        execl("/proc/self/exe", "bench", "--serve", "--threads", n,
              quick ? "--quick" : (char *)NULL, (char *)NULL);
    } else {
        python_environment(threads);
        execlp(python(), python(), PEER_SCRIPT, quick ? "quick" : "full", (char *)NULL);
    }
    _exit(127);
}

static bool begin(peer *p, const char *folder, int threads, bool quick)
{
    int down[2], up[2];
    if (pipe(down))
        return false;
    if (pipe(up)) {
        close(down[0]);
        close(down[1]);
        return false;
    }
    p->pid = fork();
    if (p->pid == 0) {
        dup2(down[0], 0);
        dup2(up[1], 1);
        close(down[1]);
        close(up[0]);
        start(folder, threads, quick);
    }
    close(down[0]);
    close(up[1]);
    p->to = fdopen(down[1], "w");
    p->from = fdopen(up[0], "r");
    return p->pid > 0 && p->to && p->from;
}

static bool line(peer *p, char *text, size_t size)
{
    if (!fgets(text, (int)size, p->from))
        return false;
    text[strcspn(text, "\n")] = '\0';
    return true;
}

static bool greet(peer *p, const char *folder, int threads, bool quick, const char *what)
{
    char text[sizeof p->about + 4];
    *p = (peer){.is_python = folder == NULL};
    if (begin(p, folder, threads, quick) && line(p, text, sizeof text)) {
        snprintf(p->about, sizeof p->about, "%s", text + (strlen(text) < 3 ? strlen(text) : 3));
        if (strncmp(text, "ok ", 3) == 0)
            return true;
    } else {
        snprintf(p->about, sizeof p->about, "%s does not start", what);
    }
    peer_stop(p);
    return false;
}

bool peer_python(peer *p, int threads, bool quick)
{
    return greet(p, NULL, threads, quick, python());
}

bool peer_build(peer *p, const char *folder, int threads, bool quick)
{
    return greet(p, folder, threads, quick, "this program on that library");
}

double peer_ask(peer *p, const char *request, char *why, size_t size)
{
    char text[512], *end;
    snprintf(why, size, "the peer died");
    if (!p->to || fprintf(p->to, "%s\n", request) < 0 || fflush(p->to) ||
        !line(p, text, sizeof text))
        return 0;
    double answer = strtod(text, &end);
    snprintf(why, size, "%s", *end == ' ' ? end + 1 : end);
    return answer;
}

void peer_stop(peer *p)
{
    if (p->to)
        fclose(p->to);
    if (p->from)
        fclose(p->from);
    if (p->pid > 0)
        waitpid(p->pid, NULL, 0);
    p->to = p->from = NULL;
    p->pid = 0;
}

void library_path(char *path, size_t size)
{
    char text[4096];
    FILE *f = fopen("/proc/self/maps", "r");
    snprintf(path, size, "part of the program");
    while (f && fgets(text, sizeof text, f)) {
        const char *at = strchr(text, '/');
        if (at && strstr(at, "/libtinytensor.")) {
            snprintf(path, size, "%.*s", (int)strcspn(at, "\n"), at);
            break;
        }
    }
    if (f)
        fclose(f);
}
