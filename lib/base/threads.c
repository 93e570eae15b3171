/* The number of threads of a context that was not told one: TT_NUM_THREADS, else OMP_NUM_THREADS,
 * else the processors in the affinity mask, or fewer where a control group (cgroup) limits the time
 * on them: a container with two processors' worth of time on a machine of 64 gets two threads.
 * Whatever cannot be read or understood counts as not there. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "threads.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

enum { LINE = 4096, PROCESSORS = 8192 }; /* Linux is never built for more */

int threads_asked(const char *text)
{
    char *end = NULL;
    if (!text)
        return 0;
    long n = strtol(text, &end, 10);
    end += strspn(end, " \t");
    return end > text && (*end == '\0' || *end == ',') && n > 0 && n <= THREADS_MAX ? (int)n : 0;
}

static int processors(void)
{
#ifdef __linux__
    unsigned long mask[PROCESSORS / (8 * sizeof(unsigned long))] = {0};
    if (sched_getaffinity(0, sizeof mask, (cpu_set_t *)(void *)mask) == 0)
        return CPU_COUNT_S(sizeof mask, (cpu_set_t *)(void *)mask);
#endif
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* Where a hierarchy of control groups is mounted, and this process's group in it. */
typedef struct group {
    bool unified;              /* version 2 */
    char root[LINE], at[LINE]; /* this group of the hierarchy is what one sees at that place */
    char path[LINE];           /* the process's group */
    char folder[3 * LINE];     /* the one that is looked at */
} group;

static bool has_word(const char *list, const char *word)
{
    for (size_t n; *list; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        if (n == strlen(word) && strncmp(list, word, n) == 0)
            return true;
    }
    return false;
}

/* A line of mountinfo: id, parent, device, root, mount point, options, ..., "-", type, source,
 * options of the type. */
static bool read_mount(char *line, group *g)
{
    char *type = strstr(line, " - ");
    char kind[16], more[LINE];
    if (!type || sscanf(line, "%*s %*s %*s %4095s %4095s", g->root, g->at) != 2 ||
        sscanf(type, " - %15s %*s %4095s", kind, more) != 2)
        return false;
    return g->unified ? strcmp(kind, "cgroup2") == 0
                      : strcmp(kind, "cgroup") == 0 && has_word(more, "cpu");
}

/* A line of /proc/self/cgroup: "0::/path" in version 2, "4:cpu,cpuacct:/path" in version 1. */
static bool read_path(char *line, group *g)
{
    char *controllers = strchr(line, ':'),
         *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path)
        return false;
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    snprintf(g->path, sizeof g->path, "%s", path);
    return g->unified ? strcmp(line, "0:") == 0 : has_word(controllers + 1, "cpu");
}

static bool find_line(const char *root, const char *name, bool (*read)(char *, group *), group *g)
{
    char file[LINE], line[LINE];
    bool found = false;
    snprintf(file, sizeof file, "%s%s", root, name);
    FILE *f = fopen(file, "re");
    while (f && !found && fgets(line, sizeof line, f))
        found = read(line, g);
    if (f)
        fclose(f);
    return found;
}

static bool read_text(const char *folder, const char *name, char *text, int size)
{
    char file[LINE];
    if (snprintf(file, sizeof file, "%s/%s", folder, name) >= LINE)
        return false;
    FILE *f = fopen(file, "re");
    bool ok = f && fgets(text, size, f);
    if (f)
        fclose(f);
    return ok;
}

static int quota_of(const char *folder, bool unified)
{
    char text[64], length[64];
    double quota = 0, period = 0;
    if (unified) {
        if (!read_text(folder, "cpu.max", text, sizeof text) ||
            sscanf(text, "%lf %lf", &quota, &period) != 2) /* "max 100000" */
            return 0;
    } else {
        if (!read_text(folder, "cpu.cfs_quota_us", text, sizeof text) ||
            !read_text(folder, "cpu.cfs_period_us", length, sizeof length))
            return 0;
        quota = strtod(text, NULL); /* -1: none */
        period = strtod(length, NULL);
    }
    double n = quota > 0 && period > 0 ? quota / period : 0;
    return n <= 0 ? 0 : n > THREADS_MAX - 1 ? THREADS_MAX : (int)n + (n > (int)n);
}

/* The least of the group's quota and its parents', as far up as they can be seen. */
static int least_quota(const char *root, group *g)
{
    char *folder = g->folder;
    size_t above = strcmp(g->root, "/") == 0 ? 0 : strlen(g->root);
    if (strncmp(g->path, g->root, above) != 0 || !strchr("/", g->path[above]))
        above = strlen(g->path); /* outside of what is mounted: what is seen is all there is */
    size_t top = (size_t)snprintf(folder, sizeof g->folder, "%s%s", root, g->at);
    snprintf(folder + top, sizeof g->folder - top, "%s", g->path + above);
    int least = 0;
    for (;;) {
        int n = quota_of(folder, g->unified);
        if (n > 0 && (least == 0 || n < least))
            least = n;
        char *last = strrchr(folder + top, '/');
        if (!last)
            return least;
        *last = '\0';
    }
}

int threads_quota(const char *root)
{
    group *g = malloc(sizeof *g); /* paths, which a small stack has no room for */
    int least = 0;
    for (int unified = 0; g && unified < 2; unified++) {
        memset(g, 0, sizeof *g);
        g->unified = unified;
        if (!find_line(root, "/proc/self/cgroup", read_path, g) ||
            !find_line(root, "/proc/self/mountinfo", read_mount, g))
            continue;
        int n = least_quota(root, g);
        if (n > 0 && (least == 0 || n < least))
            least = n;
    }
    free(g);
    return least;
}

static int number;

static void find_number(void)
{
    static const char *const names[] = {"TT_NUM_THREADS", "OMP_NUM_THREADS"};
    for (int i = 0; i < 2 && number == 0; i++)
        number = threads_asked(getenv(names[i]));
    if (number)
        return;
    int n = processors(), quota = threads_quota("");
    if (quota > 0 && quota < n)
        n = quota;
    number = n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n;
}

int threads_default(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_number);
    return number;
}
