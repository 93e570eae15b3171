/* Preloaded into a program, makes calls to the system fail: TT_FAULTS=CALL:FROM:TO:ERRNO has calls
 * number FROM to TO of one kind fail with an error. CALL: malloc, mmap, open, write, fsync, rename,
 * mkdir. At its end the program leaves how many of each it made in the file TT_FAULTS_COUNT.
 * What stdio writes never passes a function that could be replaced. So a filter of the kernel
 * (seccomp) hands calls with files to a signal handler, which makes them again, marked by a sixth
 * argument that they do not have, or lets them fail. Writing to standard error always works: it is
 * where the program says what happened. What BLAS and the loader allocate is left alone. */
#undef _FILE_OFFSET_BITS /* gives mmap the name mmap64; here both are defined */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { MARK = 0x7e450fa1, KINDS = 7, CANNOT = 77 };
enum { MALLOC, MMAP, OPEN, WRITE, FSYNC, RENAME, MKDIR };

static const char *const names[KINDS] = {"malloc", "mmap",   "open", "write",
                                         "fsync",  "rename", "mkdir"};
static const struct {
    int kind, number;
} watched[] = {
    {OPEN, SYS_openat},     {WRITE, SYS_write},     {WRITE, SYS_writev},  {WRITE, SYS_pwrite64},
    {FSYNC, SYS_fsync},     {FSYNC, SYS_fdatasync}, {MKDIR, SYS_mkdirat}, {RENAME, SYS_renameat2},
#ifdef SYS_renameat
    {RENAME, SYS_renameat},
#endif
#ifdef SYS_open
    {OPEN, SYS_open},       {OPEN, SYS_creat},      {RENAME, SYS_rename}, {MKDIR, SYS_mkdir},
#endif
};
enum { WATCHED = sizeof watched / sizeof *watched };

static atomic_long made[KINDS];
static int failing = -1, error_of;
static long from, to;
static atomic_bool ready;

/* Counts a call; true when it is to fail. */
static bool fails(int kind)
{
    long n = atomic_fetch_add(&made[kind], 1) + 1;
    return kind == failing && n >= from && n <= to;
}

/* Memory: glibc's own functions under their other names. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *p, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);

/* Is the caller one whose lack of memory is to be seen? */
static bool counts(const void *caller)
{
    Dl_info info;
    if (!atomic_load(&ready))
        return false;
    if (!dladdr(caller, &info) || !info.dli_fname)
        return true;
    return !strstr(info.dli_fname, "blas") && !strstr(info.dli_fname, "/ld-") &&
           !strstr(info.dli_fname, "fortran") && !strstr(info.dli_fname, "gomp");
}

static bool no_memory(const void *caller)
{
    if (!counts(caller) || !fails(MALLOC))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t bytes)
{
    return no_memory(__builtin_return_address(0)) ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
    return no_memory(__builtin_return_address(0)) ? NULL : __libc_calloc(n, bytes);
}

void *realloc(void *p, size_t bytes)
{
    return no_memory(__builtin_return_address(0)) ? NULL : __libc_realloc(p, bytes);
}

int posix_memalign(void **p, size_t align, size_t bytes)
{
    if (no_memory(__builtin_return_address(0)))
        return ENOMEM;
    *p = __libc_memalign(align, bytes);
    return *p ? 0 : ENOMEM;
}

static void *map(const void *caller, void *at, size_t bytes, const int how[3], int64_t offset)
{
    if (counts(caller) && fails(MMAP)) {
        errno = error_of;
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, at, bytes, how[0], how[1], how[2], offset);
}

void *mmap(void *at, size_t bytes, int prot, int flags, int fd, off_t offset)
{
    return map(__builtin_return_address(0), at, bytes, (int[]){prot, flags, fd}, offset);
}

void *mmap64(void *at, size_t bytes, int prot, int flags, int fd, off64_t offset)
{
    return map(__builtin_return_address(0), at, bytes, (int[]){prot, flags, fd}, offset);
}

/* The six arguments, and where the result goes, of the call that was stopped. */
#if defined __x86_64__
enum { RESULT = REG_RAX };
static const int registers[6] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
#define REGISTER(context, i) ((context)->uc_mcontext.gregs[i])
#elif defined __aarch64__
enum { RESULT = 0 };
static const int registers[6] = {0, 1, 2, 3, 4, 5};
#define REGISTER(context, i) ((context)->uc_mcontext.regs[i])
#endif

static void stopped(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    int kept = errno, kind = -1;
    long a[6];
    (void)signal;
    for (int i = 0; i < 6; i++)
        a[i] = (long)REGISTER(u, registers[i]);
    for (int i = 0; i < WATCHED; i++)
        if (watched[i].number == info->si_syscall)
            kind = watched[i].kind;
    bool heard = kind == WRITE && a[0] == STDERR_FILENO;
    long result = -error_of;
    if (kind < 0 || heard || !fails(kind)) {
        result = syscall(info->si_syscall, a[0], a[1], a[2], a[3], a[4], (long)MARK);
        if (result < 0)
            result = -errno;
    }
    REGISTER(u, RESULT) = (unsigned long)result;
    errno = kept;
}

/* Stops the watched calls, but for those with the mark. */
static bool filter(void)
{
    struct sock_filter code[WATCHED + 5];
    int n = 0, at_end = WATCHED + 1;
    code[n++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])); /* its lower half */
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MARK, (uint8_t)at_end, 0);
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < WATCHED; i++)
        code[n++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)watched[i].number, (uint8_t)(WATCHED - i), 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    struct sock_fprog program = {(unsigned short)n, code};
    struct sigaction action = {.sa_sigaction = stopped, .sa_flags = SA_SIGINFO | SA_NODEFER};
    return sigaction(SIGSYS, &action, NULL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

__attribute__((constructor)) static void begin(void)
{
    char kind[16];
    const char *text = getenv("TT_FAULTS");
    if (text && sscanf(text, "%15[a-z]:%ld:%ld:%d", kind, &from, &to, &error_of) == 4)
        for (int i = 0; i < KINDS; i++)
            if (strcmp(kind, names[i]) == 0)
                failing = i;
    if ((text && failing < 0) || !filter())
        _exit(CANNOT);
    atomic_store(&ready, true);
}

__attribute__((destructor)) static void end(void)
{
    char text[200];
    const char *path = getenv("TT_FAULTS_COUNT");
    int n = 0;
    atomic_store(&ready, false);
    failing = -1;
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    for (int i = 0; i < KINDS; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s %ld\n", names[i],
                      atomic_load(&made[i]));
    if (fd >= 0 && (write(fd, text, (size_t)n) != n || close(fd) != 0))
        _exit(CANNOT);
}
