/* The default number of threads: what the environment's text means, and the quota of control groups
 * as Linux lays out their files, in the ways that containers and services see them. */
#define _GNU_SOURCE
#include "base/threads.h"
#include "unit.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

START_TEST(numbers)
{
    static const struct {
        const char *text;
        int n;
    } rows[] = {{"1", 1},       {"16", 16},   {" 3 ", 3},
                {"1024", 1024}, {"4,2,1", 4}, {"0", 0},
                {"-1", 0},      {"1025", 0},  {"abc", 0},
                {"", 0},        {" ", 0},     {",2", 0},
                {"2x", 0},      {"2.5", 0},   {"1e3", 0},
                {NULL, 0},      {"10000", 0}, {"99999999999999999999", 0},
                {"0x4", 0},     {"4 ,2", 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(threads_asked(rows[i].text) == rows[i].n, "'%s' is %d", rows[i].text,
                      threads_asked(rows[i].text));
}
END_TEST

/* Files below a root, each as "path" and its text; then what they mean. */
typedef struct system_files {
    const char *what;
    int quota;
    const char *files[16];
} system_files;

#define CGROUP    "/proc/self/cgroup"
#define MOUNTINFO "/proc/self/mountinfo"
#define V1                                                                                         \
    "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
#define V2 "35 25 0:30 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define OTHERS                                                                                     \
    "22 1 0:21 / / rw - ext4 /dev/vda rw\n31 25 0:27 / /sys/fs/cgroup/cpuset rw - cgroup cgroup "  \
    "rw,cpuset\n"

static const system_files systems[] = {
    {"nothing", 0, {NULL}},
    {"no mount", 0, {CGROUP, "0::/\n"}},
    {"version 2, no limit",
     0,
     {CGROUP, "0::/a\n", MOUNTINFO, OTHERS V2, "/sys/fs/cgroup/a/cpu.max", "max 100000\n"}},
    {"version 2",
     3,
     {CGROUP, "0::/a\n", MOUNTINFO, OTHERS V2, "/sys/fs/cgroup/a/cpu.max", "300000 100000\n"}},
    {"rounded up",
     2,
     {CGROUP, "0::/a\n", MOUNTINFO, OTHERS V2, "/sys/fs/cgroup/a/cpu.max", "150000 100000\n"}},
    {"less than one",
     1,
     {CGROUP, "0::/a\n", MOUNTINFO, OTHERS V2, "/sys/fs/cgroup/a/cpu.max", "1000 100000\n"}},
    {"very much",
     THREADS_MAX,
     {CGROUP, "0::/a\n", MOUNTINFO, OTHERS V2, "/sys/fs/cgroup/a/cpu.max", "1e300 1\n"}},
    {"a parent's, less",
     2,
     {CGROUP, "0::/a/b/c\n", MOUNTINFO, V2, "/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n",
      "/sys/fs/cgroup/a/b/cpu.max", "max 100000\n", "/sys/fs/cgroup/a/cpu.max", "20000 10000\n"}},
    {"the root's, as containers see theirs",
     4,
     {CGROUP, "0::/\n", MOUNTINFO, V2, "/sys/fs/cgroup/cpu.max", "400000 100000\n"}},
    {"version 1",
     5,
     {CGROUP, "4:memory:/m\n3:cpu,cpuacct:/a\n0::/\n", MOUNTINFO, OTHERS V1,
      "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "500000\n",
      "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n"}},
    {"version 1, no limit",
     0,
     {CGROUP, "3:cpuacct,cpu:/a\n", MOUNTINFO, OTHERS V1,
      "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "-1\n",
      "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n"}},
    {"version 1, a container's own part mounted",
     6,
     {CGROUP, "3:cpu,cpuacct:/docker/x\n", MOUNTINFO,
      "30 25 0:26 /docker/x /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "600000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
      "100000\n"}},
    {"a group beside the mounted one",
     7,
     {CGROUP, "3:cpu:/docker/xy\n", MOUNTINFO,
      "30 25 0:26 /docker/x /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "700000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
      "100000\n"}},
    {"both versions, the lesser",
     2,
     {CGROUP, "3:cpu:/a\n0::/b\n", MOUNTINFO,
      V1 "35 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
      "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "800000\n",
      "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n",
      "/sys/fs/cgroup/unified/b/cpu.max", "200000 100000\n"}},
    {"only cpuset is mounted",
     0,
     {CGROUP, "3:cpuset:/a\n", MOUNTINFO, OTHERS, "/sys/fs/cgroup/cpuset/a/cpu.cfs_quota_us",
      "800000\n", "/sys/fs/cgroup/cpuset/a/cpu.cfs_period_us", "100000\n"}},
    {"nonsense",
     0,
     {CGROUP, "\n::::\nabc\n0::/a\n", MOUNTINFO, "\n - \n1 2 3 - cgroup2\n" V2,
      "/sys/fs/cgroup/a/cpu.max", "-5 0\n"}},
    {"a period of zero",
     0,
     {CGROUP, "0::/a\n", MOUNTINFO, V2, "/sys/fs/cgroup/a/cpu.max", "5 0\n"}},
};
enum { SYSTEMS = sizeof systems / sizeof *systems };

static void write_file(const char *root, const char *path, const char *text)
{
    char file[512];
    snprintf(file, sizeof file, "%s%s", root, path);
    for (char *p = strchr(file + strlen(root) + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        mkdir(file, 0700);
        *p = '/';
    }
    FILE *f = fopen(file, "w");
    ck_assert_msg(f != NULL, "%s", file);
    fputs(text, f);
    fclose(f);
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s;
    (void)type;
    (void)at;
    return remove(path);
}

START_TEST(quotas)
{
    const system_files *s = &systems[_i];
    char root[] = "/tmp/test_default_threads.XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(root));
    for (int i = 0; s->files[i]; i += 2)
        write_file(root, s->files[i], s->files[i + 1]);
    int quota = threads_quota(root);
    nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    ck_assert_msg(quota == s->quota, "%s: %d", s->what, quota);
}
END_TEST

int main(void)
{
    TCase *c = new_case("default threads");
    tcase_add_test(c, numbers);
    tcase_add_loop_test(c, quotas, 0, SYSTEMS);
    return run_suite("default threads", c);
}
