/* What is wrong with a pattern: a line of text and the place in the pattern, collected by code that
 * knows no context, and recorded as an error at the end. */
#ifndef TT_EINOPS_MESSAGE_H
#define TT_EINOPS_MESSAGE_H

#include "op/core/op.h"

enum { NOWHERE = -1 };

typedef struct message {
    tt_status code;
    int at;      /* offset in the pattern under which the caret stands, or NOWHERE */
    bool shapes; /* the text names the shapes it is about */
    char text[400];
    char hint[100]; /* "; did you mean 'in_dim'?", or empty */
} message;

void message_clear(message *m);
/* Notes what is wrong; returns false, so that a check is one statement. */
bool complain(message *m, tt_status code, int at, const char *format, ...) TT_PRINTF(4, 5);
/* Are two names one typing error apart: a letter wrong, missing, too many, or two exchanged? */
bool one_typo(const char *a, int length_a, const char *b, int length_b);
/* Adds the question whether another name was meant. */
void suggest(message *m, const char *name, int length);

/* Records the message as the error of x's context, with the pattern and the caret; returns NULL. */
tt_tensor *report(const tt_tensor *x, const char *function, const char *pattern, const message *m);

#endif
