/* The bar. Input: how much is done; output: a line on stderr, redrawn at most ten times a second.
 * Invariant: it leaves no trace, and there is none where nobody would see it. */
#define _POSIX_C_SOURCE 200809L /* isatty, fileno */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "clock.h"

enum { WIDTH = 30 };

progress progress_begin(int64_t total)
{
    return (progress){.shown = isatty(fileno(stderr)), .started = clock_seconds(), .total = total};
}

void progress_step(progress *p, int64_t done, const char *note)
{
    double t = clock_seconds();
    if (!p->shown || t - p->drawn < 0.1 || p->total <= 0)
        return;
    p->drawn = t;
    double part = (double)done / (double)p->total;
    int filled = (int)(part * WIDTH),
        left = part > 0 ? (int)((t - p->started) * (1 / part - 1)) : 0;
    fprintf(stderr, "\r[");
    for (int i = 0; i < WIDTH; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %3d%%  %d:%02d left  %s\033[K", (int)(part * 100), left / 60, left % 60,
            note);
    fflush(stderr);
}

void progress_clear(progress *p)
{
    if (p->shown && p->drawn > 0)
        fprintf(stderr, "\r\033[K");
}
