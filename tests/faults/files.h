/* The calls of calls.def that read, write and print. */
#ifndef TT_CALLS_FILES_H
#define TT_CALLS_FILES_H

#include "stage.h"

tt_status call_fprint(stage *s);
tt_status call_fprint_with(stage *s);
tt_status call_print(stage *s);
tt_status call_print_with(stage *s);
bool call_format(stage *s);
tt_status call_save_npz(stage *s);
tt_status call_save_params(stage *s);
tt_status call_load_params(stage *s);
int call_csv_names(stage *s);
int call_npz_names(stage *s);
bool call_safetensors_open(stage *s);
bool call_safetensors_open_with(stage *s);
tt_status call_safetensors_save(stage *s);

#endif
