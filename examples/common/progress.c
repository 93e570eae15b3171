/* The line at the bottom of a terminal. Input: what has begun, and how much of it is done; output:
 * a line on stderr, drawn again ten times a second. Invariant: it leaves no trace, there is none
 * where nobody would see it, and nothing is drawn after progress_clear() but what begins anew. */
#define _DEFAULT_SOURCE /* TIOCGWINSZ, isatty, fileno */
#include "progress.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

enum { WIDTH = 30, DEPTH = 4, NOTE = 160 };
static const double PATIENCE = 0.2; /* seconds for which nothing need be said */

typedef struct task {
    const char *name;
    int64_t total, done;
    double began;
    int64_t (*measure)(void *user);
    void *user;
    char note[NOTE];
} task;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    pthread_t thread;
    bool running, hidden, drawn; /* running: the thread is there */
    int depth;                   /* tasks that have begun; only DEPTH of them are kept */
    task tasks[DEPTH];
} line = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

static bool seen(void)
{
    return isatty(STDERR_FILENO) == 1;
}

static int columns(void)
{
    struct winsize w;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* Minutes and seconds, with hours before them where there are any. */
static void spell_time(char *text, size_t size, double seconds)
{
    long long s = (long long)(seconds < 1e9 ? seconds : 1e9);
    if (s < 3600)
        snprintf(text, size, "%lld:%02lld", s / 60, s % 60);
    else
        snprintf(text, size, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static int spell_bar(char *text, size_t size, const task *t, double seconds)
{
    char bar[WIDTH + 1] = "", left[32] = "-:--";
    double part = (double)t->done / (double)t->total;
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    memset(bar, '.', WIDTH);
    memset(bar, '#', (size_t)(part * WIDTH));
    if (part > 0)
        spell_time(left, sizeof left, seconds * (1 / part - 1));
    return snprintf(text, size, "[%s] %3d%%  %s left  %s", bar, (int)(part * 100), left,
                    *t->note ? t->note : t->name);
}

/* Under the lock. */
static void draw(void)
{
    char text[WIDTH + NOTE + 80];
    task *t = line.depth > 0 && line.depth <= DEPTH ? &line.tasks[line.depth - 1] : NULL;
    double seconds = t ? clock_seconds() - t->began : 0;
    if (!t || line.hidden || seconds < PATIENCE)
        return;
    if (t->measure)
        t->done = t->measure(t->user);
    int n = t->total > 0 ? spell_bar(text, sizeof text, t, seconds)
                         : snprintf(text, sizeof text, "%s  %d:%02d", *t->note ? t->note : t->name,
                                    (int)seconds / 60, (int)seconds % 60);
    int most = columns() - 1;
    fprintf(stderr, "\r%.*s\033[K", n < most ? n : most, text);
    fflush(stderr);
    line.drawn = true;
}

static void *redraw(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&line.lock);
    while (line.depth > 0) {
        struct timespec until;
        draw();
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&line.ended, &line.lock, &until);
    }
    pthread_mutex_unlock(&line.lock);
    return NULL;
}

static void wipe(void)
{
    if (line.drawn) {
        fprintf(stderr, "\r\033[K");
        fflush(stderr);
    }
    line.drawn = false;
}

void progress_watch(const char *name, int64_t total, int64_t (*measure)(void *user), void *user)
{
    if (!seen())
        return;
    pthread_mutex_lock(&line.lock);
    if (line.depth++ < DEPTH)
        line.tasks[line.depth - 1] = (task){.name = name,
                                            .total = total,
                                            .began = clock_seconds(),
                                            .measure = measure,
                                            .user = user};
    line.hidden = false;
    if (!line.running)
        line.running = pthread_create(&line.thread, NULL, redraw, NULL) == 0;
    pthread_mutex_unlock(&line.lock);
}

void progress_begin(const char *name, int64_t total)
{
    progress_watch(name, total, NULL, NULL);
}

void progress_step(int64_t done, const char *note)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    if (line.depth > 0 && line.depth <= DEPTH) {
        task *t = &line.tasks[line.depth - 1];
        t->done = done;
        if (note)
            snprintf(t->note, sizeof t->note, "%s", note);
    }
    pthread_mutex_unlock(&line.lock);
}

void progress_clear(void)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    wipe();
    line.hidden = true;
    pthread_mutex_unlock(&line.lock);
}

void progress_end(void)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    wipe();
    bool last = --line.depth == 0;
    if (last)
        pthread_cond_signal(&line.ended);
    pthread_mutex_unlock(&line.lock);
    if (last) {
        pthread_join(line.thread, NULL);
        line.running = false;
    }
}

static void print(FILE *to, const char *format, va_list list)
{
    pthread_mutex_lock(&line.lock);
    wipe();
    vfprintf(to, format, list);
    fputc('\n', to);
    fflush(to);
    pthread_mutex_unlock(&line.lock);
}

void progress_print(FILE *to, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print(to, format, list);
    va_end(list);
}

void progress_note(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (seen())
        print(stderr, format, list);
    va_end(list);
}
