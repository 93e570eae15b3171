/* How many threads are inside BLAS, counted in several places, so that threads do not take one
 * cache line from each other, and a destructor that waits for them. It runs after the one that
 * stops the pool (kernel/walk/helpers.c), since of the same library those with a priority run last;
 * and before BLAS's, which is a library that this one needs. Invariant: a thread that has entered
 * is counted before it looks whether the gate is closed. */
#define _POSIX_C_SOURCE 200809L
#include "gate.h"
#include "kernel/walk/park.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { PLACES = 64, LINE = 64, NAP = 20 * 1000, PATIENCE = 1000 * 1000 * 1000, LATE = 200 };

static struct place {
    _Alignas(LINE) _Atomic int inside;
} places[PLACES];
static _Atomic bool closed;

int gate_enter(void)
{
    uint64_t self = (uint64_t)(uintptr_t)pthread_self() * 0x9e3779b97f4a7c15u;
    int i = (int)(self >> 58);
    atomic_fetch_add(&places[i].inside, 1);
    if (atomic_load(&closed)) {
        atomic_fetch_sub(&places[i].inside, 1);
        for (;;)
            pause();
    }
    return i;
}

void gate_leave(int place)
{
    atomic_fetch_sub_explicit(&places[place].inside, 1, memory_order_release);
}

void gate_in_child(void)
{
    for (int i = 0; i < PLACES; i++)
        atomic_store(&places[i].inside, 0);
}

/* A product takes milliseconds. One that takes longer, or whose thread is the one that ends the
 * process, in a signal handler, must not keep it for ever. */
__attribute__((destructor(LATE))) static void close_gate(void)
{
    int64_t end = nanoseconds() + PATIENCE;
    atomic_store(&closed, true);
    for (int i = 0; i < PLACES; i++)
        while (atomic_load(&places[i].inside) > 0 && nanoseconds() < end)
            nanosleep(&(struct timespec){.tv_nsec = NAP}, NULL);
}
