/* Which axes of a pattern stand on which side, and whether its function may have them there. */
#ifndef TT_EINOPS_ROLES_H
#define TT_EINOPS_ROLES_H

#include "plan.h"

/* Fills pl->output for the axes of the pattern; false with the message filled in. */
bool plan_roles(plan *pl, message *m);

#endif
