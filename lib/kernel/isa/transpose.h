/* Transposed tiles by itemsize: dst (rows, cols), its columns adjacent, from src whose rows are
 * adjacent. */
#ifndef TT_KERNEL_ISA_TRANSPOSE_H
#define TT_KERNEL_ISA_TRANSPOSE_H

#include <stdint.h>
#include "isa.h"

void ISA(transpose_1)(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step, const char *src,
                      int64_t src_col_step);
void ISA(transpose_2)(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step, const char *src,
                      int64_t src_col_step);
void ISA(transpose_4)(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step, const char *src,
                      int64_t src_col_step);
void ISA(transpose_8)(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step, const char *src,
                      int64_t src_col_step);

#endif
