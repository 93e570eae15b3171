/* A fuzz target is one file: LLVMFuzzerTestOneInput, and a few inputs to begin with. It is built
 * with libFuzzer where the compiler has it, and with standalone.c, which mutates the inputs for a
 * bounded number of times, for the ordinary tests. */
#ifndef TT_FUZZ_H
#define TT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Input number i of a target's own; size 0 and NULL behind the last one. The bytes stay valid. */
const uint8_t *fuzz_seed(int i, size_t *size);

/* Writes data to a temporary file, and returns its path, the same one each time. */
const char *fuzz_file(const uint8_t *data, size_t size, const char *suffix);

#endif
