/* Calls of calls.def that read, write and print. */
#define _POSIX_C_SOURCE 200809L /* dup */
#include "files.h"

#include <stdio.h>
#include <unistd.h>

static FILE *nowhere(void)
{
    FILE *f = fopen("/dev/null", "w");
    if (!f)
        abort();
    return f;
}

tt_status call_fprint(stage *s)
{
    FILE *f = nowhere();
    tt_status status = tt_fprint(f, s->x);
    fclose(f);
    return status;
}

tt_status call_fprint_with(stage *s)
{
    tt_print_options o = TT_PRINT_OPTIONS_INIT;
    FILE *f = nowhere();
    tt_status status = tt_fprint_with(f, s->x, &o);
    fclose(f);
    return status;
}

/* Standard output goes nowhere for a moment. */
static tt_status printed(const tt_tensor *x, const tt_print_options *o)
{
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    FILE *f = nowhere();
    if (kept < 0 || dup2(fileno(f), STDOUT_FILENO) < 0)
        abort();
    tt_status status = o ? tt_print_with(x, o) : tt_print(x);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    fclose(f);
    return status;
}

tt_status call_print(stage *s)
{
    return printed(s->x, NULL);
}

tt_status call_print_with(stage *s)
{
    tt_print_options o = TT_PRINT_OPTIONS_INIT;
    return printed(s->x, &o);
}

bool call_format(stage *s)
{
    char text[100];
    return tt_format(s->x, NULL, text, sizeof text) > 0 && tt_ok(s->ctx);
}

tt_status call_save_npz(stage *s)
{
    const char *names[] = {"x", "y"};
    return tt_save_npz(stage_file("out.npz"), 2, names, (tt_tensor *[]){s->x, s->y});
}

tt_status call_save_params(stage *s)
{
    const char *names[] = {"x", "v"};
    return tt_save_params(stage_file("out.params"), 2, names, (tt_tensor *[]){s->x, s->v});
}

tt_status call_load_params(stage *s)
{
    const char *name = "a";
    return tt_load_params(stage_file(s->c > 4 ? "large.params" : "small.params"), 1, &name, &s->a);
}

int call_csv_names(stage *s)
{
    char names[4][64];
    return tt_csv_names(s->ctx, stage_file("in.csv"), NULL, 4, names);
}

int call_npz_names(stage *s)
{
    char names[4][64];
    return tt_npz_names(s->ctx, stage_file("in.npz"), 4, names);
}

static bool opened(tt_safetensors *file)
{
    tt_safetensors_close(file);
    return file != NULL;
}

bool call_safetensors_open(stage *s)
{
    return opened(tt_safetensors_open(s->ctx, stage_file("in.safetensors")));
}

bool call_safetensors_open_with(stage *s)
{
    return opened(tt_safetensors_open_with(s->ctx, stage_file("in.safetensors"), TT_COPY));
}

tt_status call_safetensors_save(stage *s)
{
    const char *names[] = {"x", "y"}, *key = "k", *value = "v";
    return tt_safetensors_save(stage_file("out.safetensors"), 2, names, (tt_tensor *[]){s->x, s->y},
                               1, &key, &value);
}
