/* without.c - without WORD... -- COMMAND...: runs a command as on a system that has no Landlock (landlock), no
 * seccomp filters (seccomp), or where nobody may change his root directory (root). */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { RULES_MOST = 64 };

static struct sock_filter rules[RULES_MOST];
static unsigned short count;

static void add(struct sock_filter rule)
{
    rules[count++] = rule;
}

/* From the first argument on, where `first` is not negative: only those with that one. */
static void refuse(int call, int first, int error)
{
    add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0,
                                     first < 0 ? 1 : 3));
    if (first >= 0) {
        add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                         offsetof(struct seccomp_data, args[0])));
        add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)first, 0, 1));
    }
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error));
}

static void leave_out(const char *word)
{
    if (strcmp(word, "landlock") == 0) {
        refuse(444 /* landlock_create_ruleset */, -1, ENOSYS);
    } else if (strcmp(word, "seccomp") == 0) {
        refuse(SYS_prctl, PR_SET_SECCOMP, EINVAL);
        refuse(SYS_seccomp, -1, ENOSYS);
    } else if (strcmp(word, "root") == 0) {
        refuse(SYS_chroot, -1, EPERM);
        refuse(SYS_unshare, -1, EPERM);
    }
}

static int apply(void)
{
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    struct sock_fprog program = {count, rules};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0
               ? 0
               : -1;
}
#else
static void leave_out(const char *word)
{
    (void)word;
}

static int apply(void)
{
    return 0;
}
#endif

int main(int argc, char **argv)
{
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++)
        leave_out(argv[i]);
    if (i + 1 < argc && apply() == 0)
        execvp(argv[i + 1], argv + i + 1);
    perror("without");
    return 127;
}
