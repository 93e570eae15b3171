/* The common part of the benchmarks; see bench.h. The peer is a coprocess that reads the name of a
 * case from its standard input, and answers with the seconds of one call, or 0 for "cannot". */
#include "bench.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 101 };

typedef struct options {
    int rounds, threads, words;
    bool peer, markdown;
    char **word;
} options;

typedef struct coprocess {
    FILE *to, *from;
    pid_t pid;
} coprocess;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Threads that wait for work spin for a while; they must not do so on the other side's time. */
static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 30 * 1000 * 1000}, NULL);
}

/* ---- the peer ---- */

/* With OpenBLAS's pthread build PyTorch's two thread pools fight; give it the OpenMP build. */
static void peer_environment(int threads)
{
    static const char best[] = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
    char n[16];
    snprintf(n, sizeof n, "%d", threads);
    setenv("OMP_NUM_THREADS", n, 1);
    if (access(best, X_OK) == 0)
        setenv("LD_LIBRARY_PATH", best, 1);
}

static bool peer_start(coprocess *p, const char *subject, int threads)
{
    int down[2], up[2];
    if (pipe(down) || pipe(up))
        return false;
    p->pid = fork();
    if (p->pid < 0)
        return false;
    if (p->pid == 0) {
        const char *python = access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
        peer_environment(threads);
        dup2(down[0], 0);
        dup2(up[1], 1);
        close(down[1]);
        close(up[0]);
        execlp(python, python, PEER_SCRIPT, subject, (char *)NULL);
        _exit(127);
    }
    close(down[0]);
    close(up[1]);
    p->to = fdopen(down[1], "w");
    p->from = fdopen(up[0], "r");
    char line[256];
    if (!p->to || !p->from || !fgets(line, sizeof line, p->from))
        return false;
    printf("peer: %s", line);
    return true;
}

static double peer_time(coprocess *p, const char *name)
{
    char line[256];
    if (!p->to)
        return 0;
    fprintf(p->to, "%s\n", name);
    fflush(p->to);
    return fgets(line, sizeof line, p->from) ? strtod(line, NULL) : 0;
}

static void peer_stop(coprocess *p)
{
    if (p->to)
        fclose(p->to);
    if (p->from)
        fclose(p->from);
    if (p->pid > 0)
        waitpid(p->pid, NULL, 0);
}

/* ---- our side ---- */

static double calls(tt_ctx *ctx, const bench *b, tt_tensor **t, int64_t n)
{
    double begin = now();
    for (int64_t i = 0; i < n; i++) {
        tt_scope s = tt_scope_begin(ctx, b->mode);
        b->run(ctx, t);
        tt_scope_end(ctx, s);
    }
    return (now() - begin) / (double)n;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, ascending);
    return x[n / 2];
}

/* "12.3 us" in a static buffer of its own for each of two uses in one line */
static const char *seconds(double s, int slot)
{
    static char text[2][32];
    if (s <= 0)
        snprintf(text[slot], sizeof *text, "-");
    else if (s < 1e-6)
        snprintf(text[slot], sizeof *text, "%.0f ns", s * 1e9);
    else if (s < 1e-3)
        snprintf(text[slot], sizeof *text, "%.2f us", s * 1e6);
    else
        snprintf(text[slot], sizeof *text, "%.2f ms", s * 1e3);
    return text[slot];
}

static void report(const options *o, const bench *b, double ours, double peer, double ratio)
{
    char rate[48] = "", times[16] = "";
    if (b->flops > 0)
        snprintf(rate, sizeof rate, "%.0f GFLOP/s", b->flops / ours / 1e9);
    else if (b->bytes > 0)
        snprintf(rate, sizeof rate, "%.1f GB/s", b->bytes / ours / 1e9);
    if (peer > 0)
        snprintf(times, sizeof times, "%.2fx", ratio);
    printf(o->markdown ? "| %s | %s | %s | %s | %s |\n" : "%-42s %10s %10s %8s  %s\n", b->name,
           seconds(ours, 0), seconds(peer, 1), times, rate);
    fflush(stdout);
}

static void measure(const options *o, const bench *b, coprocess *p)
{
    double ours[MAX_ROUNDS], peer[MAX_ROUNDS], ratio[MAX_ROUNDS];
    tt_tensor *t[BENCH_OPERANDS] = {NULL};
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, o->threads);
    tt_seed(ctx, 1);
    b->setup(ctx, t);
    calls(ctx, b, t, 2);
    double once = calls(ctx, b, t, 1);
    int64_t repeats = once < 0.05 ? (int64_t)(0.05 / (once + 1e-9)) + 1 : 1;
    for (int i = 0; i < o->rounds; i++) {
        ours[i] = calls(ctx, b, t, repeats);
        rest();
        peer[i] = peer_time(p, b->name);
        if (p->to)
            rest();
        ratio[i] = peer[i] / ours[i];
    }
    if (!tt_ok(ctx))
        printf("%s: %s\n", b->name, tt_error_message(ctx));
    else
        report(o, b, median(ours, o->rounds), median(peer, o->rounds), median(ratio, o->rounds));
    tt_ctx_free(ctx);
}

static bool chosen(const options *o, const bench *b)
{
    for (int i = 0; i < o->words; i++)
        if (strstr(b->name, o->word[i]))
            return true;
    return o->words == 0;
}

static options parse(int argc, char **argv)
{
    options o = {.rounds = 7, .threads = 2, .peer = true, .word = argv};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            o.rounds = atoi(argv[++i]);
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            o.threads = atoi(argv[++i]);
        else if (strcmp(argv[i], "--no-peer") == 0)
            o.peer = false;
        else if (strcmp(argv[i], "--markdown") == 0)
            o.markdown = true;
        else
            o.word[o.words++] = argv[i];
    }
    o.rounds = o.rounds < 1 ? 1 : o.rounds > MAX_ROUNDS ? MAX_ROUNDS : o.rounds;
    return o;
}

int bench_main(int argc, char **argv, const char *subject, int n, const bench *cases)
{
    options o = parse(argc, argv);
    coprocess p = {NULL, NULL, 0};
    signal(SIGPIPE, SIG_IGN);
    if (o.peer && !peer_start(&p, subject, o.threads)) {
        printf("peer: none (python3 with torch and numpy is needed)\n");
        peer_stop(&p);
        p = (coprocess){NULL, NULL, 0};
    }
    printf("ours: tinytensor %s, %d threads; median of %d rounds\n", tt_version(), o.threads,
           o.rounds);
    printf(o.markdown ? "\n| %s | %s | %s | %s | %s |\n|---|--:|--:|--:|--:|\n"
                      : "%-42s %10s %10s %8s  %s\n",
           "case", "ours", "peer", "ratio", "our rate");
    for (int i = 0; i < n; i++)
        if (chosen(&o, &cases[i]))
            measure(&o, &cases[i], &p);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("\npeak resident memory of the cases above: %.0f MiB", (double)usage.ru_maxrss / 1024);
    if (p.to)
        printf(", the peer's %.0f MiB", peer_time(&p, "peak memory") / 1048576);
    printf("\n");
    peer_stop(&p);
    return 0;
}
