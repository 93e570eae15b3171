/* What reading and writing safetensors files share. */
#ifndef TT_SAFETENSORS_H
#define TT_SAFETENSORS_H

#include "tensor/object.h"

const char *st_dtype_name(tt_dtype dtype); /* "F32"; NULL: the format has none */
bool st_host(tt_ctx *ctx);                 /* false, recorded: this machine's byte order is wrong */

#endif
