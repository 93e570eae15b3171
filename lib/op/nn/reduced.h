/* What becomes of the losses of the rows or elements. */
#ifndef TT_OP_NN_REDUCED_H
#define TT_OP_NN_REDUCED_H

#include <tinytensor/nn.h>

/* Their mean or sum, or they themselves; TT_ERR_ARG in the name of the loss for what is none of the
 * three. NULL stays NULL. */
tt_tensor *loss_reduced(const char *name, tt_tensor *losses, tt_loss_reduction how);

#endif
