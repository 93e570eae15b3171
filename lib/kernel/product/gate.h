/* The gate in front of BLAS. When a process ends, OpenBLAS's destructor takes away its kernels and
 * buffers, also from threads that are computing with them still: these crashed. The gate closes
 * before, waits for those that are inside, and holds whoever comes later. */
#ifndef TT_KERNEL_GATE_H
#define TT_KERNEL_GATE_H

/* Around each call of BLAS; leave gets what enter returned. Once the process is ending enter does
 * not return. */
int gate_enter(void);
void gate_leave(int place);
void gate_in_child(void); /* after fork, where the threads that were inside are gone */

#endif
