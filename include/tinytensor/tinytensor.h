#ifndef TINYTENSOR_TINYTENSOR_H
#define TINYTENSOR_TINYTENSOR_H
#include <tinytensor/export.h>
#ifdef __cplusplus
extern "C" {
#endif
#include <tinytensor/context.h>
#include <tinytensor/tensor.h>
#include <tinytensor/ops.h>
#include <tinytensor/random.h>
#include <tinytensor/autograd.h>
#include <tinytensor/nn.h>
#include <tinytensor/optim.h>
#include <tinytensor/io.h>
#ifdef __cplusplus
}
#endif
#endif
