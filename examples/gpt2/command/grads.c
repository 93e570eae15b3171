/* tinytensor-gpt2 grads: the gradient of every parameter. Input: ids and the tokens after them;
 * output: a safetensors file under the names of the parameters, and the loss. Invariant: every
 * parameter has one, zeros where the loss does not reach it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/args/args.h"
#include "common/program.h"
#include "common/progress.h"
#include "common/standard.h"
#include "gpt2/model/forward.h"
#include "gpt2/model/weights.h"
#include "prompt.h"

/* n of them, of which one at least is counted. */
static int64_t *read_targets(const char *text, int64_t n)
{
    int64_t n_targets;
    int64_t *targets = ids_parse(text, &n_targets, true);
    if (n_targets != n) {
        free(targets);
        program_fail("%lld ids, but %lld targets", (long long)n, (long long)n_targets);
    }
    bool counted = false;
    for (int64_t i = 0; i < n; i++)
        counted = counted || targets[i] != -100;
    if (!counted) {
        free(targets);
        program_fail("every target is -100, which is not counted: there is no loss");
    }
    return targets;
}

static void save_gradients(gpt2 *m, const char *path)
{
    char room[OUTPUT_ROOM];
    const char *name = output_begin(path, room);
    tt_tensor **grads = calloc((size_t)m->n_params, sizeof *grads);
    if (!name)
        program_fail("%s: cannot write: %s", path, strerror(errno));
    if (!grads)
        program_fail("no memory for %d gradients", m->n_params);
    for (int i = 0; i < m->n_params; i++) {
        grads[i] = tt_grad(m->params[i].x);
        if (!grads[i]) /* positions that were not reached, for instance */
            grads[i] = tt_zeros_like(m->params[i].x);
    }
    gpt2_save_tensors(m, name, grads);
    if (!output_end(path, room))
        program_fail("%s: cannot write: %s", path, strerror(errno));
    free(grads);
}

int cmd_grads(int argc, char **argv)
{
    const char *model = NULL, *ids = NULL, *targets = NULL, *out = NULL, *dtype = "f32";
    int64_t threads = 0;
    const arg args[] = {
        {"--model", ARG_IN, &model, 0, 0, "DIR", "the model's folder"},
        {"--ids", ARG_TEXT, &ids, 0, 0, "1,2,3", "token ids"},
        {"--targets", ARG_TEXT, &targets, 0, 0, "2,3,4", "the tokens after; -100: not counted"},
        {"--out", ARG_OUT, &out, 0, 0, "FILE.safetensors", "one gradient per parameter"},
        {"--dtype", ARG_CHOICE, &dtype, 0, 0, DTYPES, "of the weights"},
        {"--threads", ARG_INT, &threads, 0, 1024, "N", "threads; 0: all"},
    };
    gpt2 m;
    args_parse(argc, argv,
               &(arg_table){"Writes the gradients of the mean loss.", ARG_ROWS(args),
                            .parts = FOLDER_PARTS},
               NULL);
    if (!out || !ids || !targets)
        program_usage(argv[0], "--ids, --targets and --out are needed");
    tt_ctx *ctx = command_model(&m, argv[0], model, dtype, threads, 0);
    prompt p = prompt_read(&m, model, NULL, ids, false);
    int64_t *after = read_targets(targets, p.n);
    progress_begin("computing the gradients", 0);
    gpt2_trainable(&m);
    tt_tensor *loss = gpt2_loss(&m, tt_from_data(ctx, TT_I64, TT_SHAPE(1, p.n), p.ids),
                                tt_from_data(ctx, TT_I64, TT_SHAPE(1, p.n), after));
    tt_backward(loss);
    save_gradients(&m, out);
    progress_end();
    progress_note("%s: the gradients of %d parameters", out, m.n_params);
    printf("loss %.9g\n", tt_item(loss));
    free(after);
    prompt_free(&p);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
