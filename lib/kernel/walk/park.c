/* Spinning and sleeping. Linux sleeps on the word itself (futex), without locks, so that a signal
 * handler may compute while the thread that it interrupts is anywhere in here. Elsewhere one lock
 * and one condition variable serve all words, and every unpark wakes all that sleep. */
#define _GNU_SOURCE /* syscall */
#include "park.h"

#include <time.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif
#if !defined SYS_futex || defined TT_NO_FUTEX
#define TT_CONDITION
#include <pthread.h>
#endif

enum { SPIN = 50 * 1000, LOOKS = 16 }; /* nanoseconds; between two looks at the clock */

static void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("isb");
#endif
}

int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool spin(spinning *s)
{
    relax();
    if (++s->rounds % LOOKS != 0)
        return true;
    int64_t now = nanoseconds();
    if (s->until == 0)
        s->until = now + SPIN;
    return now < s->until;
}

#ifndef TT_CONDITION

void park(_Atomic uint32_t *word, uint32_t seen)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

void unpark(_Atomic uint32_t *word, int n)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

void park_in_child(void)
{
}

#else

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

void park(_Atomic uint32_t *word, uint32_t seen)
{
    int state; /* a thread that ends here would leave a chunk of its own behind */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_mutex_lock(&lock);
    if (atomic_load(word) == seen)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    pthread_setcancelstate(state, NULL);
}

void unpark(_Atomic uint32_t *word, int n)
{
    (void)word;
    (void)n;
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void park_in_child(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
}

#endif
