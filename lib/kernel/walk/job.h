/* Jobs: ranges that several threads work on, chunk by chunk. Each lies in a place of a table that
 * is never freed, so that a thread that comes late may look at it: it finds no chunk left, or one
 * of the next job there, which is just as good. Claiming a chunk is what joins a thread to a job,
 * and nothing else does: the caller waits for chunks that were claimed, never for threads. */
#ifndef TT_KERNEL_JOB_H
#define TT_KERNEL_JOB_H

#include <stdbool.h>
#include <stdint.h>

typedef void job_fn(int64_t begin, int64_t end, void *arg);
typedef struct job job;

/* The chunks of [0, n), open to `threads` (at least 2) including the caller's; NULL when the table
 * is full. job_finish works on them too, and returns when all are done. */
job *job_open(int64_t n, int64_t grain, int threads, job_fn *fn, void *arg);
void job_finish(job *j);

/* For helpers. job_join takes a seat in a job that wants help, beginning behind the last one;
 * NULL: none does. job_help works until no chunk is left; id says where a helper begins. */
bool jobs_wait(void); /* does one want help? */
job *job_join(int *last);
void job_help(job *j, int id);

void jobs_in_child(void); /* after fork, where the threads that had opened them are gone */

#endif
