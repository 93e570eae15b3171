/* The calls of calls.def that are more than an expression. */
#ifndef TT_CALLS_H
#define TT_CALLS_H

#include "stage.h"

typedef struct call {
    const char *name, *text;
    bool (*run)(stage *s); /* false: it failed */
    bool asks;             /* takes no memory */
} call;

extern const call calls[];
extern const int calls_count;

#endif
