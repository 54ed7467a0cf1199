/* bars.c - see bars.h. */
#define _GNU_SOURCE
#include "sim/own/bars.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/* A sanitizer reserves more addresses than any limit would let it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SHADOW 1
#elif defined(__has_feature) /* clang */
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SHADOW 1
#endif
#endif

static void limit(int what, rlim_t most)
{
    struct rlimit l = {most, most};
    setrlimit(what, &l);
}

enum { FILES_OPEN = 64, DESCRIPTORS_MOST = 1024 };

#if defined(__linux__)
void bars_no_privileges(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void stay_small(int parent)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY);
    if (fd >= 0) {
        ssize_t ignored = write(fd, "1000", 4); /* then it is as any other */
        (void)ignored;
        close(fd);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1); /* it has ended before that */
}
#else
void bars_no_privileges(void)
{
}

static void stay_small(int parent)
{
    (void)parent;
}
#endif

void bars_limits(const struct cage_limits *limits, int parent)
{
    /* Who has watched its time has ended it before (cage.c): SIGXCPU is for when he could not. */
    struct rlimit cpu = {(rlim_t)limits->cpu_seconds + 1, (rlim_t)limits->cpu_seconds + 2};
    stay_small(parent);
    setrlimit(RLIMIT_CPU, &cpu);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, limits->file);
    limit(RLIMIT_NOFILE, FILES_OPEN);
#if defined(RLIMIT_AS) && !defined(HAS_SHADOW)
    limit(RLIMIT_AS, limits->memory);
#endif
}

static void close_range_of(unsigned first, unsigned last)
{
#if defined(SYS_close_range)
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
        return;
#endif
    for (unsigned fd = first; fd <= last && fd < DESCRIPTORS_MOST; fd++)
        close((int)fd);
}

void bars_close_others(int kept)
{
    close_range_of(STDERR_FILENO + 1, (unsigned)kept - 1);
    close_range_of((unsigned)kept + 1, ~0u);
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

/* -- files ------------------------------------------------------------------------------------- */

/* What each version of Landlock knows of, by bits: the system's header may be older than its kernel. */
enum {
    VERSION_1 = (1 << 13) - 1,
    VERSION_2 = VERSION_1 | 1 << 13, /* to link and move between folders */
    VERSION_3 = VERSION_2 | 1 << 14, /* to truncate */
    VERSION_5 = VERSION_3 | 1 << 15, /* to control devices */
    OF_A_FILE = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                LANDLOCK_ACCESS_FS_READ_FILE | 1 << 14 | 1 << 15,
    READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR
};

/* 0: there is no Landlock. */
static uint64_t all_access(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 1    ? 0
           : version == 1 ? VERSION_1
           : version == 2 ? VERSION_2
           : version < 5  ? VERSION_3
                          : VERSION_5;
}

static void let(int rules, const struct bars_place *place, uint64_t all)
{
    struct stat st;
    int fd = open(place->path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return; /* it is not there: nothing to be done with it */
    uint64_t access = place->right == BARS_READ  ? READING
                      : place->right == BARS_RUN ? READING | LANDLOCK_ACCESS_FS_EXECUTE
                                                 : all & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        access &= OF_A_FILE;
    struct landlock_path_beneath_attr path = {.allowed_access = access & all, .parent_fd = fd};
    syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &path, 0);
    close(fd);
}

int bars_files(const struct bars_place *places, size_t count)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = all_access()};
    if (attr.handled_access_fs == 0)
        return -1;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (rules < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        let(rules, &places[i], attr.handled_access_fs);
    int error = (int)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
    return error == 0 ? 0 : -1;
}

/* Whoever may not do it as he is may do it in a world of his own users, where the system has that. */
int bars_root(void)
{
    if (chroot(".") == 0)
        return 0;
    if (unshare(CLONE_NEWUSER) != 0 || chroot(".") != 0)
        return -1;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* which that has forgotten */
    return 0;
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
    limit(RLIMIT_NPROC, 0);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : -1;
}
#else
int bars_files(const struct bars_place *places, size_t count)
{
    (void)places, (void)count;
    return -1;
}

int bars_root(void)
{
    return -1;
}

int bars_calls(void)
{
#ifdef RLIMIT_NPROC
    limit(RLIMIT_NPROC, 0);
#endif
    return -1;
}
#endif
