/* The log and the drawing of a training. Input: a step's figures, the evaluations so far; output:
 * the files of --log and --plot. Invariant: a log has every step once, in order, also when
 * the training was killed and goes on from an earlier step. */
#define _POSIX_C_SOURCE 200809L
#include "journal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/page/plot.h"
#include "common/standard.h"

static const char HEADER[] =
    "step,train_loss,val_loss,learning_rate,gradient_norm,tokens_per_second\n";

/* Drops the lines of steps after the checkpoint, which are made again, and a line that is cut off.
 * False: errno says why it cannot. */
static bool cut(const char *path, int64_t step)
{
    char line[512];
    long keep = 0;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f) && strchr(line, '\n') &&
           (keep == 0 || strtoll(line, NULL, 10) <= step))
        keep = ftell(f);
    if (f)
        fclose(f);
    return !f || truncate(path, keep) == 0;
}

bool journal_open(journal *j, const train_options *o, int64_t step)
{
    if (!o->log)
        return true;
    if (strcmp(o->log, "-") == 0) {
        j->f = standard_file();
        return j->f && fputs(HEADER, j->f) >= 0;
    }
    bool more = o->resume && access(o->log, R_OK) == 0;
    if (more && !cut(o->log, step))
        return false;
    j->f = fopen(o->log, more ? "a" : "w");
    if (!j->f)
        return false;
    if (fseek(j->f, 0, SEEK_END) != 0 || ftell(j->f) <= 0)
        fputs(HEADER, j->f);
    return true;
}

void journal_close(journal *j)
{
    if (j->f && j->f != standard_file())
        fclose(j->f);
    j->f = NULL;
}

/* Closes a log that has no name any more. */
static void look_after(journal *j)
{
    struct stat st;
    if (!j->f || fstat(fileno(j->f), &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink > 0)
        return;
    journal_close(j);
    j->removed = true;
}

bool journal_write(journal *j, const train_options *o, const journal_line *l)
{
    if (!o->log)
        return true;
    look_after(j);
    if (!j->f && !journal_open(j, o, l->step - 1))
        return j->removed && errno == ENOENT;
    fprintf(j->f, "%lld,%.6f,", (long long)l->step, l->loss);
    if (!isnan(l->val))
        fprintf(j->f, "%.6f", l->val);
    fprintf(j->f, ",%.6g,%.4f,%.1f\n", l->lr, l->norm, l->rate);
    return fflush(j->f) == 0;
}

bool journal_draw(const train_options *o, const trainer *t)
{
    size_t n = (size_t)t->n_evals;
    if (!o->plot || n == 0)
        return true;
    double *values = malloc(3 * n * sizeof *values), *x = values, *train = x + n, *val = train + n;
    if (!values)
        return false;
    for (size_t i = 0; i < n; i++) {
        x[i] = t->evals[i][0];
        train[i] = t->evals[i][1];
        val[i] = t->evals[i][2];
    }
    const curve steps = {
        .name = "training", .n = t->losses.n, .y = t->losses.values, .each_step = true};
    const panel loss = {"loss",
                        "step",
                        PANEL_LOSSES,
                        3,
                        {{.name = "training", .n = t->n_evals, .y = train, .x = x},
                         {.name = "validation", .n = t->n_evals, .y = val, .x = x},
                         steps}};
    bool ok = plot_write(o->plot, 1, &loss);
    int why = errno;
    free(values);
    errno = why;
    return ok;
}
