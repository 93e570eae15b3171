/* Makes the operands of stage.h, the same ones each time. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "stage.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[256];

const char *stage_file(const char *name)
{
    static char path[4][512];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof *path, "%s/%s", folder, name);
    return p;
}

const char *stage_optim(const stage *s)
{
    return stage_file(s->c > 4 ? "large.optim" : "small.optim");
}

void stage_files_make(void)
{
    const char *dir = getenv("TMPDIR"), *names[] = {"x", "y"}, *key = "made", *value = "here";
    snprintf(folder, sizeof folder, "%s/tinytensor-faults-XXXXXX", dir ? dir : "/tmp");
    stage s;
    if (!mkdtemp(folder))
        abort();
    for (shape_of_stage kind = STAGES; kind-- > SMALL; stage_free(&s)) {
        stage_make(&s, kind);
        const char *name = "a";
        if (tt_optim_save(s.optim, stage_optim(&s)) < 0 ||
            tt_save_params(stage_file(kind == LARGE ? "large.params" : "small.params"), 1, &name,
                           &s.a) < 0)
            abort();
    }
    FILE *csv = fopen(stage_file("in.csv"), "w");
    if (!csv || fputs("1,2,3\n4,5,6\n", csv) < 0 || fclose(csv) != 0)
        abort();
    stage_make(&s, SMALL);
    tt_tensor *two[] = {s.x, s.y};
    if (tt_save_npy(s.x, stage_file("in.npy")) < 0 ||
        tt_save_npz(stage_file("in.npz"), 2, names, two) < 0 ||
        tt_safetensors_save(stage_file("in.safetensors"), 2, names, two, 1, &key, &value) < 0)
        abort();
    stage_free(&s);
}

static int files(bool clear)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.') {
            n++;
            if (clear)
                unlink(stage_file(e->d_name));
        }
    if (d)
        closedir(d);
    return n;
}

void stage_files_remove(void)
{
    files(true);
    rmdir(folder);
}

int stage_files_count(void)
{
    return files(false);
}

static tt_tensor *hold(stage *s, tt_tensor *x)
{
    s->held[s->n_held++] = x;
    return x;
}

/* Values from 0.5 to 1.5, in the domain of nearly all functions; integers 0, 1 and 2. */
static tt_tensor *numbers(stage *s, tt_dtype dtype, double step, int64_t rows)
{
    int64_t n = s->r * s->c;
    tt_scope scope = tt_scope_begin(s->ctx, TT_NO_GRAD);
    tt_tensor *k = tt_arange(s->ctx, TT_I64, 0, (double)n, 1);
    k = tt_remainder_scalar(tt_mul_scalar(k, 7), dtype == TT_I64 ? 3 : 11);
    if (dtype != TT_I64)
        k = tt_add_scalar(tt_mul_scalar(tt_cast(k, dtype), step), 0.5);
    k = tt_keep(tt_reshape(k, TT_SHAPE(rows, n / rows)));
    tt_scope_end(s->ctx, scope);
    return k;
}

/* (r, c), as a view of (c, r) where the operands are turned. */
static tt_tensor *matrix(stage *s, shape_of_stage kind, tt_dtype dtype, double step, bool leaf)
{
    tt_tensor *x = numbers(s, dtype, step, kind == TURNED ? s->c : s->r);
    if (kind == TURNED)
        x = tt_transpose(x, 0, 1);
    if (leaf)
        tt_set_requires_grad(x, true);
    return hold(s, x);
}

static void with_optimiser(stage *s)
{
    s->a = hold(s, tt_param(tt_full(s->ctx, TT_F32, TT_SHAPE(s->c), 0.25)));
    s->optim = tt_adamw(s->ctx, TT_TENSORS(s->a), 0.1, NULL);
    tt_scope scope = tt_scope_begin(s->ctx, TT_GRAD);
    tt_backward(tt_sum(tt_square(s->a), TT_ALL_AXES, false));
    tt_optim_step(s->optim);
    tt_scope_end(s->ctx, scope);
}

void stage_make(stage *s, shape_of_stage kind)
{
    *s = (stage){.r = kind == LARGE ? 160 : 3, .c = kind == LARGE ? 272 : 4};
    s->ctx = counted(&s->count);
    s->other = counted(&s->count);
    tt_set_num_threads(s->ctx, 1); /* the same allocations each time */
    s->x = matrix(s, kind, TT_F32, 0.09, true);
    s->y = matrix(s, kind, TT_F32, 0.07, true);
    s->z = matrix(s, kind, TT_F32, 0.03, true);
    s->p = matrix(s, kind, TT_F32, 0.05, false);
    s->q = matrix(s, kind, TT_F32, 0.02, false);
    s->i = matrix(s, kind, TT_I64, 1, false);
    s->t = tt_contiguous(tt_select(s->i, 1, 1));
    s->b = tt_ne_scalar(s->i, 1);
    s->v = hold(s, tt_full(s->ctx, TT_F32, TT_SHAPE(s->c), 0.75));
    tt_set_requires_grad(s->v, true);
    s->d = tt_linspace(s->ctx, TT_F64, 0.5, 1, 2);
    s->one = tt_scalar(s->ctx, TT_I64, 1);
    if (access(stage_file("in.safetensors"), R_OK) == 0)
        s->file = tt_safetensors_open(s->ctx, stage_file("in.safetensors"));
    with_optimiser(s);
    s->scope = tt_scope_begin(s->ctx, TT_GRAD);
    if (!tt_ok(s->ctx) || !tt_ok(s->other)) {
        fprintf(stderr, "stage: %s\n", tt_error_message(s->ctx));
        abort();
    }
}

void stage_free(stage *s)
{
    tt_safetensors_close(s->file);
    tt_ctx_free(s->other);
    tt_ctx_free(s->ctx);
}

static uint64_t mix(uint64_t h, const tt_tensor *x)
{
    if (!x)
        return h * 31 + 1;
    size_t bytes = (size_t)tt_numel(x) * tt_itemsize(tt_dtype_of(x));
    unsigned char *data = malloc(bytes ? bytes : 1);
    if (!data || tt_copy_out(x, data, bytes) != TT_OK)
        abort();
    for (int i = 0; i < tt_ndim(x); i++)
        h = (h ^ (uint64_t)tt_shape(x)[i]) * 0x100000001b3u;
    size_t k = 0;
    for (uint64_t word; k + sizeof word <= bytes; k += sizeof word) {
        memcpy(&word, data + k, sizeof word);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    for (; k < bytes; k++)
        h = (h ^ data[k]) * 0x100000001b3u;
    free(data);
    return h;
}

uint64_t stage_digest(const stage *s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (int i = 0; i < s->n_held; i++)
        h = mix(mix(h, s->held[i]), tt_grad(s->held[i]));
    return mix(h, s->result);
}
