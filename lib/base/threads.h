/* How many threads a context uses when its program does not say: what the environment asks for,
 * else the processors that this process may use. Read once, when the first context is made. */
#ifndef TT_BASE_THREADS_H
#define TT_BASE_THREADS_H

enum { THREADS_MAX = 1024 }; /* of one context */

int threads_default(void); /* 1 to THREADS_MAX */

/* The steps of threads_default, for its tests. */
int threads_asked(const char *text); /* "4", "4,2" (nested OpenMP teams); 0 for anything else */
int threads_quota(const char *root); /* processors' worth of time that the control groups allow,
                                      * rounded up; 0: no limit. The files lie under root */

#endif
