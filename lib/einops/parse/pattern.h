/* The text of a pattern, read: terms of groups of axes, and the sizes given with them.
 *
 *     pattern := term {"," term} ["->" term] {"," name "=" size}
 *     term    := { name | size | "..." | "(" { name | size | "..." } ")" }
 *
 * Text only: nothing here knows tensors or allocates, and nothing is read past the length given. */
#ifndef TT_EINOPS_PATTERN_H
#define TT_EINOPS_PATTERN_H

#include "message.h"

enum {
    PATTERN_TERMS = 128, /* operands and the output */
    PATTERN_AXES = 256,  /* different ones */
    PATTERN_GROUPS = 1024,
    PATTERN_ITEMS = 1024,
    PATTERN_NAME = 63, /* bytes */
    UNKNOWN = -1,      /* a size */
    DOTS = -1          /* in place of an axis: the ellipsis */
};

#define PATTERN_LARGEST (INT64_MAX / 16) /* size */

/* What a pattern may hold. */
typedef enum pattern_grammar {
    MANY_TERMS = 1,  /* several inputs */
    ARROW = 2,       /* there must be an output */
    IMPLICIT = 4,    /* the output may be left out where all names are single letters */
    LETTERS = 8,     /* every letter is a name of its own */
    REPEATS = 16,    /* a name may stand several times in an input */
    UNDERSCORE = 32, /* "_" is a name */
    STAR = 64        /* "*" in place of "..." */
} pattern_grammar;

typedef struct pattern_axis {
    const char *name; /* not terminated; its length is 0 for a size that stands for an axis */
    int length, at;
    int64_t size; /* given, or UNKNOWN */
    int size_at;  /* where it is given; NOWHERE: not in the text */
    int uses;     /* how many times it stands in the inputs */
    int16_t seen; /* the last term that has it */
} pattern_axis;

typedef struct pattern_item {
    int16_t axis; /* or DOTS */
    int at;
} pattern_item;

/* One axis of a tensor: the product of some axes, none of them for "1" and "()". */
typedef struct pattern_group {
    int first, n; /* items */
    int at, end;
    bool dots; /* an ellipsis outside of parentheses: any number of axes of the tensor */
} pattern_group;

typedef struct pattern_term {
    int first, n; /* groups */
    int at, end;
    int dots_at;   /* where an ellipsis stands, or NOWHERE */
    int dots;      /* the group that is an ellipsis by itself, counted from first, or NOWHERE */
    bool repeats;  /* a name stands in it several times */
    bool composed; /* a group holds several axes */
} pattern_term;

typedef struct parsed {
    const char *text;
    unsigned grammar;
    int n_terms, n_groups, n_items, n_axes;
    bool has_output;
    pattern_term term[PATTERN_TERMS]; /* the inputs, then the output */
    pattern_group group[PATTERN_GROUPS];
    pattern_item item[PATTERN_ITEMS];
    pattern_axis axis[PATTERN_AXES];
} parsed;

/* False with the message filled in. A pattern of type IMPLICIT that has no output is given one. */
bool pattern_parse(parsed *p, const char *text, size_t length, unsigned grammar, message *m);
int pattern_find(const parsed *p, const char *name, int length); /* its axis, or NOWHERE */
/* A size that is given in the text, the name at `at` and the number at `size_at`. */
bool pattern_give_at(parsed *p, const char *name, int length, int64_t size, int at, int size_at,
                     message *m);
/* A size from outside of the text. */
bool pattern_give(parsed *p, const char *name, int64_t size, message *m);

/* Is the text to be read letter by letter, as NumPy does, for operands with so many axes? */
bool pattern_is_compact(const char *text, size_t length, int n, const int *ndim);

/* The text of a name or a size, for messages: "axis 'h'", "the axis of size 2". */
described pattern_axis_text(const parsed *p, int axis);

#endif
