/* Chooses the table of inner loops: the best set that was compiled and that the processor has, or
 * the one named in TT_ISA if the processor has it. */
#include "kernel/isa/kernels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

extern const kernels kernels_baseline;
#ifdef TT_ISA_AVX2
extern const kernels kernels_avx2;
#endif
#ifdef TT_ISA_AVX512
extern const kernels kernels_avx512;
#endif

#ifdef TT_ISA_AVX2
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

#ifdef TT_ISA_AVX512
static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

const kernels *kernels_pick(void)
{
    const kernels *have[3];
    int n = 0;
    have[n++] = &kernels_baseline;
#ifdef TT_ISA_AVX2
    if (has_avx2())
        have[n++] = &kernels_avx2;
#endif
#ifdef TT_ISA_AVX512
    if (has_avx512())
        have[n++] = &kernels_avx512;
#endif
    const char *wanted = getenv("TT_ISA");
    for (int i = 0; wanted && i < n; i++)
        if (strcmp(wanted, have[i]->name) == 0)
            return have[i];
    return have[n - 1];
}

const char *kernels_name(const kernels *k)
{
    return k->name;
}
