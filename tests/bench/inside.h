/* inside: the parts of the benchmarks' common half, for bench.c alone. */
#ifndef TT_BENCH_INSIDE_H
#define TT_BENCH_INSIDE_H

#include <stdio.h>
#include <sys/types.h>

#include "bench.h"

/* Makes the operands that `text` lists (see bench.h); returns how many. */
int operands_make(tt_ctx *ctx, const char *text, tt_tensor **t);

/* The largest resident size since the last reset in MiB, as far as the system tells; else 0. */
void peak_reset(void);
double peak_mib(void);

/* A coprocess that answers a line with a line. */
typedef struct peer {
    FILE *to, *from; /* NULL: there is none */
    pid_t pid;
    bool is_python;
    char about[512]; /* what it runs, or why it does not */
} peer;

/* False, with the reason in `about`, when it does not start. */
bool peer_python(peer *p, int threads, bool quick);
bool peer_build(peer *p, const char *folder, int threads, bool quick);
/* The number that `request` is answered with; what follows it is `why`. */
double peer_ask(peer *p, const char *request, char *why, size_t size);
void peer_stop(peer *p);

/* The path of the library that this process runs. */
void library_path(char *path, size_t size);

#endif
