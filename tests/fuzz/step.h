/* Programs of API calls, as bytes: eight for a step, which names an operation of steps.def, its
 * operands and where the result goes. Any bytes are a program. */
#ifndef TT_FUZZ_STEP_H
#define TT_FUZZ_STEP_H

#include <tinytensor/tinytensor.h>

#include "fuzz.h"

enum { STEP_BYTES = 8, STEP_REGISTERS = 16 };

typedef enum step_how { SAME, CLOSE, ROUGH, FREE } step_how; /* see steps.def */

typedef struct step {
    int op, x, y, z, to; /* the registers: below STEP_REGISTERS */
    int a, b, c;         /* -128 to 127 */
} step;

typedef struct step_kind {
    const char *name;
    const char *operands; /* a letter for each, see steps.def */
    step_how how;
    bool writes; /* to x, and returns it */
    tt_tensor *(*run)(tt_ctx *ctx, tt_tensor *x, tt_tensor *y, tt_tensor *z, const step *s);
} step_kind;

extern const step_kind step_kinds[];
extern const int step_kinds_count;

/* The step at data, and data behind it; false when fewer bytes are left. op is below n. */
bool step_next(const uint8_t **data, const uint8_t *end, int n, step *s);

/* The number of operands; with s->y and s->z set to registers of the dtype of x where the step
 * wants that and there are any, but for one program in eight, which keeps what it has. */
int step_fit(const step_kind *k, tt_tensor *const *r, step *s);

/* Tensors to begin with, in every register: each dtype, 0 to 3 axes, none empty but one; with large
 * ones if that is asked for. The same in every context. */
void step_registers(tt_ctx *ctx, bool large, tt_tensor **r);

/* A program of n steps for fuzz_seed: one of every operation, and then again with other operands.
 */
const uint8_t *step_seed(int i, size_t *size);

/* The elements of x in C order, to be freed; NULL when x is. */
void *step_bytes(const tt_tensor *x, size_t *size);

/* Says what was being done, and ends the program. */
_Noreturn void step_wrong(const step_kind *k, const char *format, ...);

#endif
