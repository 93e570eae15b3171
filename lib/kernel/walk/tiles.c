/* Memory for the tasks of a loop. What is small lies on the stack. Else the calling thread takes a
 * slot for each thread that may work on the loop, and a task claims one for as long as it runs: the
 * threads that come to a loop are not numbered, and one that was slow to leave the loop before it
 * may be there as well, which then waits for a slot. Invariant: a slot is one task's at a time. */
#include "tiles.h"
#include "helpers.h"
#include "parallel.h"
#include "park.h"

#include <stdatomic.h>

enum { ON_STACK = 8192, LINE = 64 };

typedef struct slot { /* its memory follows */
    _Alignas(LINE) _Atomic bool taken;
} slot;

typedef struct tiles {
    tile_fn *fn;
    void *arg;
    char *memory;
    size_t each; /* bytes of a slot */
    int slots;
} tiles;

static slot *slot_at(const tiles *t, int i)
{
    return (slot *)(void *)(t->memory + (size_t)i * t->each);
}

/* A thread has the same slot each time, as a rule, and finds it in its cache. */
static slot *claim(const tiles *t)
{
    for (int i = helpers_seat() % t->slots;; i = (i + 1) % t->slots) {
        slot *s = slot_at(t, i);
        if (!atomic_exchange_explicit(&s->taken, true, memory_order_acquire))
            return s;
        spin(&(spinning){0});
    }
}

static void run_in_slot(int64_t begin, int64_t end, void *arg)
{
    const tiles *t = arg;
    slot *s = claim(t);
    t->fn(begin, end, t->arg, (char *)s + sizeof *s);
    atomic_store_explicit(&s->taken, false, memory_order_release);
}

static void run_on_stack(int64_t begin, int64_t end, void *arg)
{
    _Alignas(LINE) char memory[ON_STACK];
    const tiles *t = arg;
    t->fn(begin, end, t->arg, memory);
}

static void run_without(int64_t begin, int64_t end, void *arg)
{
    const tiles *t = arg;
    t->fn(begin, end, t->arg, NULL);
}

bool parallel_tiles(const exec *x, int64_t n, int64_t grain, size_t bytes, tile_fn *fn, void *arg)
{
    tiles t = {.fn = fn, .arg = arg, .slots = 1};
    if (n <= 0)
        return true;
    if (bytes <= ON_STACK) {
        parallel_for(x, n, grain, bytes ? run_on_stack : run_without, &t);
        return true;
    }
    int64_t chunks = (n - 1) / grain + 1;
    if (x->num_threads > 1)
        t.slots = chunks < x->num_threads ? (int)chunks : x->num_threads;
    t.each = sizeof(slot) + tile_bytes((int64_t)bytes);
    t.memory = x->mem.alloc(x->mem.user, (size_t)t.slots * t.each);
    if (!t.memory)
        return false;
    for (int i = 0; i < t.slots; i++)
        atomic_init(&slot_at(&t, i)->taken, false);
    parallel_for(x, n, grain, run_in_slot, &t);
    x->mem.free(x->mem.user, t.memory);
    return true;
}
