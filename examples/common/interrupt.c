/* Signals that ask a program to end. Input: the signals; output: a flag, or the end. Invariant: a
 * program ends by the signal, as whoever sent it expects; a signal that is ignored stays so. */
#define _POSIX_C_SOURCE 200809L
#include "interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t met, deferred;
static void (*volatile clean)(void);

void interrupt_before_end(void (*clean_up)(void))
{
    clean = clean_up;
}

void interrupt_clean_up(void)
{
    if (clean)
        clean();
}

static void on_signal(int number)
{
    if (deferred && !met) {
        met = 1;
        return;
    }
    interrupt_clean_up();
    signal(number, SIG_DFL);
    raise(number);
}

void interrupt_watch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction now, action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 3; i++)
        if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
}

const volatile sig_atomic_t *interrupt_defer(void)
{
    deferred = 1;
    interrupt_watch();
    return &met;
}
