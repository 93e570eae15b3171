/* The common part of the benchmarks; see bench.h. Cases become rows: one for each, and one for each
 * further mode of a Python peer. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inside.h"

enum { MAX_ROUNDS = 101, MAX_ROWS = 128 };
#define LONG_CALL   0.3 /* seconds from which a call is its own warming up, with fewer rounds */
#define LONGER_CALL 2   /* and fewer still */

typedef struct options {
    int rounds, long_rounds, longer_rounds, threads, words;
    bool quick, products, exact, peer, tsv, serve;
    const char *against;
    char **word;
} options;

typedef struct row {
    const bench *b;
    char name[96], mode[40];
} row;

/* A case with its operands made; rows that follow each other on the same case share them. */
typedef struct ready {
    const bench *b;
    tt_ctx *ctx;
    tt_tensor *t[BENCH_OPERANDS];
    int64_t repeats;
    int rounds;
} ready;

typedef struct result {
    double ours, peer, ratio, low, high; /* the lowest and the highest of the rounds' ratios */
    double mib, peer_mib;
    char why[256];
} result;

/* Threads that wait for work spin for a while (those of OpenBLAS for 2^26 cycles); they must not do
 * so on the other side's time. */
static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 60 * 1000 * 1000}, NULL);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double calls(ready *r, int64_t n)
{
    double begin = now();
    for (int64_t i = 0; i < n; i++) {
        tt_scope s = tt_scope_begin(r->ctx, r->b->mode);
        r->b->run(r->ctx, r->t);
        tt_scope_end(r->ctx, s);
    }
    return (now() - begin) / (double)n;
}

static void prepare(const options *o, ready *r, const bench *b)
{
    if (r->b == b)
        return;
    tt_ctx_free(r->ctx);
    peak_reset();
    *r = (ready){.b = b, .ctx = tt_ctx_new()};
    tt_set_num_threads(r->ctx, o->threads);
    tt_seed(r->ctx, 1);
    if (b->operands)
        operands_make(r->ctx, b->operands, r->t);
    if (b->setup)
        b->setup(r->ctx, r->t);
    double slice = o->quick ? 0.01 : 0.05, once = calls(r, 1);
    if (once < LONG_CALL)
        once = calls(r, 1);
    r->repeats = once < slice ? (int64_t)(slice / (once + 1e-9)) + 1 : 1;
    r->rounds = once < LONG_CALL     ? o->rounds
                : once < LONGER_CALL ? o->long_rounds
                                     : o->longer_rounds;
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

static double ask(peer *p, const row *w, char *why, size_t size)
{
    const bench *b = w->b;
    char request[2048];
    snprintf(request, sizeof request, "%s\t%s\t%s\t%s\t%s", w->name, b->operands ? b->operands : "",
             b->mode == TT_GRAD ? "grad" : "forward", w->mode, b->peer ? b->peer : "");
    return peer_ask(p, request, why, size);
}

static result measure(const options *o, const row *w, ready *r, peer *p)
{
    double ours[MAX_ROUNDS], theirs[MAX_ROUNDS], ratio[MAX_ROUNDS];
    result out = {0};
    prepare(o, r, w->b);
    bool asks = p->to && (!p->is_python || w->b->peer);
    for (int i = 0; i < r->rounds; i++) {
        ours[i] = calls(r, r->repeats);
        rest();
        theirs[i] = asks ? ask(p, w, out.why, sizeof out.why) : 0;
        asks = theirs[i] > 0;
        if (asks)
            rest();
        ratio[i] = theirs[i] / ours[i];
    }
    out.mib = peak_mib();
    if (asks) {
        char why[256];
        out.ratio = median(ratio, r->rounds); /* sorts them */
        out.low = ratio[0];
        out.high = ratio[r->rounds - 1];
        out.peer = median(theirs, r->rounds);
        out.peer_mib = peer_ask(p, "memory", why, sizeof why);
    }
    out.ours = median(ours, r->rounds);
    return out;
}

/* "12.3 us" in `text` */
static const char *seconds(double s, char text[32])
{
    if (s <= 0)
        snprintf(text, 32, "-");
    else if (s < 1e-6)
        snprintf(text, 32, "%.0f ns", s * 1e9);
    else if (s < 1e-3)
        snprintf(text, 32, "%.2f us", s * 1e6);
    else
        snprintf(text, 32, "%.2f ms", s * 1e3);
    return text;
}

static void report(const options *o, const row *w, const result *m)
{
    const bench *b = w->b;
    char rate[48] = "", times[16] = "", ours[32], theirs[32];
    if (b->flops > 0)
        snprintf(rate, sizeof rate, "%.0f GFLOP/s", b->flops / m->ours / 1e9);
    else if (b->bytes > 0)
        snprintf(rate, sizeof rate, "%.1f GB/s", b->bytes / m->ours / 1e9);
    if (m->peer > 0)
        snprintf(times, sizeof times, "%.2fx", m->ratio);
    if (o->tsv)
        printf("row\t%s\t%s\t%.9g\t%.9g\t%.4f\t%.4f\t%.4f\t%s\t%.0f\t%.0f\t%s\t%d\n", w->name,
               b->operands ? b->operands : "", m->ours, m->peer, m->ratio, m->low, m->high, rate,
               m->mib, m->peer_mib, m->why, b->product);
    else
        printf("%-44s %10s %10s %8s  %-14s %5.0f %5.0f MiB %s\n", w->name, seconds(m->ours, ours),
               seconds(m->peer, theirs), times, rate, m->mib, m->peer_mib, m->why);
    fflush(stdout);
}

static bool chosen(const options *o, const row *w)
{
    if (o->products && !w->b->product)
        return false;
    for (int i = 0; i < o->words; i++)
        if (o->exact ? strcmp(w->name, o->word[i]) == 0 : strstr(w->name, o->word[i]) != NULL)
            return true;
    return o->words == 0;
}

/* The plain row of a case and, with a Python peer, those of the other modes. */
static int rows_of(const options *o, const bench *b, bool modes, row *rows, int n)
{
    const char *mode = modes ? b->modes : NULL;
    row w = {.b = b};
    snprintf(w.name, sizeof w.name, "%s", b->name);
    if (chosen(o, &w) && n < MAX_ROWS)
        rows[n++] = w;
    while (mode && *mode != '\0') {
        int length = (int)strcspn(mode, ";");
        snprintf(w.mode, sizeof w.mode, "%.*s", length, mode);
        snprintf(w.name, sizeof w.name, "%s, %s", b->name, w.mode);
        if (chosen(o, &w) && n < MAX_ROWS)
            rows[n++] = w;
        mode += length;
        mode += strspn(mode, "; ");
    }
    return n;
}

static options parse(int argc, char **argv)
{
    options o = {.rounds = 0, .peer = true, .word = argv};
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--rounds") == 0 && more)
            o.rounds = atoi(argv[++i]);
        else if (strcmp(argv[i], "--threads") == 0 && more)
            o.threads = atoi(argv[++i]);
        else if (strcmp(argv[i], "--against") == 0 && more)
            o.against = argv[++i];
        else if (strcmp(argv[i], "--no-peer") == 0)
            o.peer = false;
        else if (strcmp(argv[i], "--quick") == 0)
            o.quick = true;
        else if (strcmp(argv[i], "--products") == 0)
            o.products = true;
        else if (strcmp(argv[i], "--exact") == 0)
            o.exact = true;
        else if (strcmp(argv[i], "--tsv") == 0)
            o.tsv = true;
        else if (strcmp(argv[i], "--serve") == 0)
            o.serve = true;
        else
            o.word[o.words++] = argv[i];
    }
    o.rounds = o.rounds > MAX_ROUNDS ? MAX_ROUNDS : o.rounds;
    o.long_rounds = o.rounds > 0 ? o.rounds : o.quick ? 1 : 5;
    o.longer_rounds = o.rounds > 0 ? o.rounds : o.quick ? 1 : 3;
    o.rounds = o.rounds > 0 ? o.rounds : o.quick ? 3 : 7;
    tt_ctx *ctx = tt_ctx_new();
    if (o.threads < 1)
        o.threads = tt_num_threads(ctx);
    tt_ctx_free(ctx);
    return o;
}

static void compiler(char *text, size_t size)
{
#ifdef __clang__
    snprintf(text, size, "%s", __VERSION__);
#else
    snprintf(text, size, "gcc %s", __VERSION__);
#endif
}

/* Our side of --against: answers names of cases with the seconds of a call. */
static int serve(const options *o, int n, const bench *cases)
{
    char line[2048], path[1024];
    ready r = {.b = NULL};
    library_path(path, sizeof path);
    printf("ok %s\n", path);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\t\n")] = '\0';
        const bench *b = NULL;
        for (int i = 0; i < n; i++)
            if (strcmp(cases[i].name, line) == 0)
                b = &cases[i];
        if (b) {
            prepare(o, &r, b);
            double once = calls(&r, r.repeats);
            printf("%.9e %s\n", tt_ok(r.ctx) ? once : 0,
                   tt_ok(r.ctx) ? "" : tt_error_message(r.ctx));
        } else {
            printf("%.3f\n", strcmp(line, "memory") == 0 ? peak_mib() : 0);
        }
        fflush(stdout);
    }
    tt_ctx_free(r.ctx);
    return 0;
}

/* False when the two libraries are one, or the other does not start. */
static bool find_peer(const options *o, peer *p)
{
    char path[1024];
    bool started = false;
    *p = (peer){.to = NULL};
    library_path(path, sizeof path);
    if (o->against && (started = peer_build(p, o->against, o->threads, o->quick)) &&
        strcmp(p->about, path) == 0) {
        fprintf(stderr, "%s has no library: both sides would run %s\n", o->against, path);
        return false;
    }
    if (!o->against && o->peer)
        started = peer_python(p, o->threads, o->quick);
    else if (!o->against)
        snprintf(p->about, sizeof p->about, "not wanted");
    printf(o->tsv ? "peer\t%s%s\n" : "peer: %s%s\n", started ? "" : "none: ", p->about);
    return started || !o->against;
}

int bench_main(int argc, char **argv, int n, const bench *cases)
{
    static row rows[MAX_ROWS];
    options o = parse(argc, argv);
    peer p;
    ready r = {.b = NULL};
    char built[128];
    int count = 0;
    if (o.serve)
        return serve(&o, n, cases);
    signal(SIGPIPE, SIG_IGN);
    compiler(built, sizeof built);
    printf(o.tsv ? "ours\t%s; %s; %d threads\n" : "ours: %s; %s; %d threads\n", tt_build_info(),
           built, o.threads);
    if (!find_peer(&o, &p)) {
        peer_stop(&p);
        return 1;
    }
    for (int i = 0; i < n; i++)
        count = rows_of(&o, &cases[i], p.to && p.is_python, rows, count);
    if (o.tsv)
        printf("rows\t%d\n", count);
    else
        printf("median of %d rounds\n%-44s %10s %10s %8s  %-14s %s\n", o.rounds, "case", "ours",
               "peer", "ratio", "our rate", "peak memory, ours and the peer's");
    for (int i = 0; i < count; i++) {
        result m = measure(&o, &rows[i], &r, &p);
        if (tt_ok(r.ctx))
            report(&o, &rows[i], &m);
        else
            printf(o.tsv ? "note\t%s: %s\n" : "%s: %s\n", rows[i].name, tt_error_message(r.ctx));
    }
    tt_ctx_free(r.ctx);
    peer_stop(&p);
    return 0;
}
