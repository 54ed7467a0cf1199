/* bars.c - see bars.h. */
#define _GNU_SOURCE
#include "sim/own/bars.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static void limit(int what, rlim_t most)
{
    struct rlimit l = {most, most};
    setrlimit(what, &l);
}

enum { FILES_OPEN = 32, DESCRIPTORS_MOST = 1024 };

void bars_limits(const struct cage_limits *limits)
{
    struct rlimit cpu = {limits->cpu_seconds, limits->cpu_seconds + 1}; /* SIGXCPU comes first */
    setrlimit(RLIMIT_CPU, &cpu);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, FILES_OPEN);
#ifdef RLIMIT_AS
    limit(RLIMIT_AS, limits->memory);
#endif
#ifdef RLIMIT_NPROC
    limit(RLIMIT_NPROC, 0);
#endif
}

void bars_close_others(int kept)
{
    long most = sysconf(_SC_OPEN_MAX);
    most = most < 0 || most > DESCRIPTORS_MOST ? DESCRIPTORS_MOST : most;
    for (int fd = 3; fd < most; fd++) {
        if (fd != kept)
            close(fd);
    }
}

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/landlock.h>) && __has_include(<linux/seccomp.h>)
#define HAS_BARS 1
#endif
#endif

#if defined(HAS_BARS) && (defined(__x86_64__) || defined(__aarch64__))
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* -- files ------------------------------------------------------------------------------------- */

enum { READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR };

/* All that the first version of Landlock knows of. */
enum { ALL_ACCESS = (1 << 13) - 1 };

static void let_read(int rules, const char *folder)
{
    int fd = open(folder, O_PATH | O_CLOEXEC);
    struct landlock_path_beneath_attr path = {.allowed_access = READING, .parent_fd = fd};
    if (fd < 0)
        return; /* it is not there: nothing to be read */
    syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &path, 0);
    close(fd);
}

int bars_files(const char *folder)
{
    static const char *const libraries[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64"};
    struct landlock_ruleset_attr attr = {.handled_access_fs = ALL_ACCESS};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (rules < 0)
        return -1;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        let_read(rules, libraries[i]);
    if (folder != NULL)
        let_read(rules, folder);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int error = (int)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
    return error == 0 ? 0 : -1;
}

/* -- calls ------------------------------------------------------------------------------------- */

static const int allowed[] = {
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_lseek,
    SYS_openat,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_futex,
    SYS_getpid,
    SYS_gettid,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_setitimer,
    SYS_getrandom,
    SYS_exit,
    SYS_exit_group,
    SYS_sched_yield,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_restart_syscall,
#ifdef __x86_64__
    SYS_open,
    SYS_stat,
    SYS_access,
    SYS_time,
#endif
};

enum { ALLOWED = sizeof allowed / sizeof *allowed };

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
enum { FOREIGN_CALLS = 0x40000000 }; /* those of x32 */
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
enum { FOREIGN_CALLS = 0x7fffffff };
#endif

#define FIELD(name) (uint32_t) offsetof(struct seccomp_data, name)

int bars_calls(void)
{
    struct sock_filter f[2 * ALLOWED + 16];
    size_t n = 0;
    f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(arch));
    f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(nr));
    f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FOREIGN_CALLS, 0, 1);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    for (size_t i = 0; i < ALLOWED; i++) {
        f[n++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], 0, 1);
        f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    /* Signals, to nobody but itself: abort and raise. */
    f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 3);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(args[0]));
    f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1 /* EPERM */);
    struct sock_fprog program = {(unsigned short)n, f};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : -1;
}
#else
int bars_files(const char *folder)
{
    (void)folder;
    return -1;
}

int bars_calls(void)
{
    return -1;
}
#endif
