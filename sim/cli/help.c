/* help.c - the texts of --help: examples first. */
#include "sim/cli/options.h"

#include <stdio.h>

void help_overview(void)
{
    fputs(
        "pipesim - run scenarios of processes and pipes, and see who sleeps, why, and until when\n"
        "\n"
        "  pipesim run scenarios/basics/parent_to_child.pipe   the trace of one scenario\n"
        "  pipesim run --depth locks FILE                      down to the locks\n"
        "  pipesim run scenarios                               a verdict for each\n"
        "  pipesim step FILE                                   call by call, forwards and back\n"
        "  pipesim explore FILE                                all schedules: what can happen\n"
        "  pipesim compare FILE --with host                    the same calls on this machine's pipes\n"
        "  pipesim quiz FILE                                   questions about it, as homework\n"
        "  pipesim lab list                                    exercises: write a pipe of your own\n"
        "  pipesim bugs                                        what can be wrong with a pipe\n"
        "  pipesim lint FILE                                   which wrong pipes does it tell from a right one?\n"
        "  pipesim lab zoo                                     42 ways to get a pipe wrong\n"
        "  pipesim COMMAND --help                              all options of a command\n"
        "\n"
        "The language is described in docs/language.md; scenarios/ has examples to start from.\n",
        stdout);
}

void help_run(void)
{
    fputs(
        "pipesim run [OPTIONS] FILE|FOLDER... - run scenarios\n"
        "\n"
        "Examples:\n"
        "  pipesim run hello.pipe                    the trace, and whether all came true\n"
        "  pipesim run --depth queue hello.pipe      what happens inside each call\n"
        "  pipesim run --depth locks hello.pipe      and to the locks and condition variables\n"
        "  pipesim run --policy random --seed 7 hello.pipe\n"
        "  pipesim run --policy random --runs 1000 hello.pipe\n"
        "  pipesim run --threads hello.pipe          on real threads, in real time\n"
        "  pipesim run --format chart hello.pipe     as a sequence chart\n"
        "  pipesim run --json hello.pipe             for other programs (docs/trace.md)\n"
        "  pipesim run scenarios                     a line for each scenario below the folder\n"
        "\n"
        "What is shown:\n"
        "  --depth calls|queue|locks   how deep the trace goes (calls)\n"
        "  --format text|json|chart|mermaid\n"
        "                              lines; JSON Lines; a sequence chart in text, or for Mermaid (text)\n"
        "  --json                      the same as --format json; lock operations at --depth locks\n"
        "  --width N                   columns of a chart (the terminal's, or 80)\n"
        "  --ascii                     a chart in ASCII, also where the locale is UTF-8\n"
        "  --trace                     the trace of each, also of several files\n"
        "  -q, --quiet                 only the verdict: one line for each file\n"
        "  --color auto|always|never   colour (auto: on a terminal, unless NO_COLOR is set)\n"
        "\n"
        "Who runs next:\n"
        "  --policy fifo|rr|random     fifo: until it sleeps; rr: another after each call (fifo)\n"
        "  --seed N                    of the random policy (0)\n"
        "  --grain calls|locks         where another may go on: between calls, or at each\n"
        "                              operation on a lock or condition variable, too (calls)\n"
        "  --schedule TEXT|@FILE       an explicit schedule, as a run prints it\n"
        "  --save-schedule FILE        writes the schedule of this run\n"
        "  --runs N                    N random runs, with seeds from --seed on: what can happen,\n"
        "                              how often\n"
        "  --threads                   a thread for each process; the system chooses\n"
        "\n"
        "Others:\n"
        "  --set KEY=VALUE             overrides a setting of the script: capacity, atomic, pipe,\n"
        "                              tick, and the limits max_calls, max_steps, max_idle,\n"
        "                              max_processes, max_files, max_bytes, max_depth, max_memory;\n"
        "                              docs/language.md has all of them\n"
        "  --pipe NAME                 what serves the calls: ring (bytes), linux (page slots),\n"
        "                              xv6, posix; as --set pipe=NAME\n"
        "  --pipe FILE.c,...           a pipe of your own (docs/own.md)\n"
        "  --preempt FILE.c:41,...     lines of it where another may go on before they use memory\n"
        "  --bug NAME                  the pipe with a bug; list: all of them (pipesim bugs)\n"
        "  --check                     look for mistakes in the script, do not run it\n"
        "  -h, --help\n"
        "\n"
        "FILE may be - for standard input. The trace goes to standard output, messages to standard\n"
        "error. Exit status: 0 as the script says; 1 a claim or result failed; 2 bad usage or script;\n"
        "3 a deadlock or livelock that the script does not ask for; 4 a pipe of your own crashes or\n"
        "does not compile; 124 a limit was reached; 130 interrupted. Of several files, that of the first which was not as expected.\n",
        stdout);
}

void help_step(void)
{
    fputs(
        "pipesim step [OPTIONS] FILE - walk over a run, forwards and backwards\n"
        "\n"
        "Examples:\n"
        "  pipesim step hello.pipe               the full screen: n next, N back, ? all keys\n"
        "  pipesim step --plain hello.pipe       line by line: next, reverse-next, why, help\n"
        "  pipesim step -x commands hello.pipe   with commands from a file\n"
        "  echo 'goto end' | pipesim step hello.pipe\n"
        "\n"
        "Options:\n"
        "  --plain                     line by line; so it is without a terminal, too, or when the\n"
        "                              program was built without ncursesw\n"
        "  --predict                   asks what each call gives before it is shown, and who goes on\n"
        "  -x, --commands FILE         commands from a file, line by line\n"
        "  --depth calls|queue|locks   how deep the trace goes (calls)\n"
        "  --grain calls|locks         where another process may be chosen (calls)\n"
        "  --schedule TEXT|@FILE       the run of this schedule, as run and explore print it\n"
        "  --set KEY=VALUE             overrides a setting of the script\n"
        "  --bug NAME                  the pipe with a bug; list: all of them (pipesim bugs)\n"
        "  --pipe FILE.c,...           a pipe of your own (docs/own.md)\n"
        "  --color auto|always|never   colour on the full screen (auto: unless NO_COLOR is set)\n"
        "  --ascii                     borders of ASCII, also where the locale is UTF-8\n"
        "  -h, --help\n"
        "\n"
        "The full screen needs 80 columns and 24 lines. docs/step.md is the manual.\n"
        "Exit status: 0; 2 bad usage or script; 124 a limit was reached before the start.\n",
        stdout);
}

void help_explore(void)
{
    fputs(
        "pipesim explore [OPTIONS] FILE|FOLDER... - all that can happen in a scenario\n"
        "\n"
        "Examples:\n"
        "  pipesim explore race.pipe                 every outcome, every way to fail\n"
        "  pipesim explore --depth calls race.pipe   switches only between calls: far fewer\n"
        "  pipesim explore --outcomes output p.pipe  what can it print?\n"
        "  pipesim explore -q scenarios              a verdict for each scenario in the folder\n"
        "  pipesim explore --preemptions 2 big.pipe  the likely failures first\n"
        "  pipesim explore --shard 1/8 --json big.pipe >1.json    one of 8 parts\n"
        "  pipesim explore --merge *.json            joins the parts\n"
        "\n"
        "What is left to chance:\n"
        "  --depth calls|locks     where another process may go on: between calls, or at each\n"
        "                          operation on a lock or condition variable, too (locks)\n"
        "  --wake fifo|any         whom a signal wakes: who has slept longest, or any (fifo)\n"
        "  --spurious[=N]          waits that return without a signal: N at most (0; 1 if no N)\n"
        "  --outcomes results|output|ends\n"
        "                          what makes two outcomes different: the results of calls, only\n"
        "                          what is printed, or only how processes end (results)\n"
        "\n"
        "How much is looked at (0: no bound). On reaching a bound it says what was left out:\n"
        "  --memory MIB            for states (2048)\n"
        "  --time SECONDS, --executions N\n"
        "  --preemptions N         schedules with at most N preemptions\n"
        "  --sample N [--seed S]   N schedules at random, instead of all\n"
        "  --reduction states|orders|none\n"
        "                          how schedules that cannot differ are left out (states)\n"
        "  --exact                 compares states as a whole, not by 128-bit digests\n"
        "\n"
        "On many machines:\n"
        "  --shard K/N             only part K of N, as --json to be joined\n"
        "  --merge                 the files are results of --json: joins them\n"
        "\n"
        "What is shown:\n"
        "  --all                   every outcome and failure, in full\n"
        "  --json                  the results as JSON Lines (docs/explore.md)\n"
        "  -q, --quiet             only the verdict: one line for each file\n"
        "  -v, --verbose           how long it took; what is under way\n"
        "  --color auto|always|never\n"
        "  --set KEY=VALUE         overrides a setting of the script\n"
        "  --bug NAME              a pipe with a bug: pipesim bugs lists them\n"
        "  --pipe FILE.c,...       a pipe of your own (docs/own.md)\n"
        "  --preempt races         another may go on at its data races: what can come of them\n"
        "  -h, --help\n"
        "\n"
        "Ctrl-C ends the search and shows what is known. Exit status: 0 as the script says, in every\n"
        "schedule; 1 a claim or result fails in some schedule, or a `sometimes` in all; 2 bad usage\n"
        "or script; 3 a deadlock or livelock that the script does not ask for; 124 nothing has\n"
        "failed, but not every schedule was looked at; 130 interrupted. docs/explore.md says more.\n",
        stdout);
}

void print_version(void)
{
    fputs("pipesim " PIPESIM_VERSION "\nMIT License: no warranty\n", stdout);
}

void help_compare(void)
{
    fputs(
        "pipesim compare [OPTIONS] FILE|FOLDER... --with host|PIPE - one scenario on two pipes\n"
        "\n"
        "Examples:\n"
        "  pipesim compare eof.pipe --with host      does this machine's kernel do the same?\n"
        "  pipesim compare scenarios --with host     a line for each scenario in the folder\n"
        "  pipesim compare race.pipe --pipe ring --with wake-when-full\n"
        "                                            the pipe and one with a bug (pipesim bugs)\n"
        "\n"
        "The calls of both stand side by side: what each gave, whether it slept, and which sleepers\n"
        "went on after it. The first difference is marked and explained; what follows it may be its\n"
        "consequence, so there the comparison ends.\n"
        "\n"
        "  --with host             real processes make the calls, one at a time, on real pipes of\n"
        "                          this machine's kernel (Linux); no privileges are needed\n"
        "  --with PIPE             another model of a pipe: ring, linux, or one that pipesim bugs lists\n"
        "  --pipe PIPE             the first of the two: ring, linux (what the script says, or ring)\n"
        "  --bug NAME              the first of the two is a pipe with a bug\n"
        "  --set KEY=VALUE         overrides a setting of the script\n"
        "  --format text|json      a table, or JSON Lines (docs/compare.md)\n"
        "  -q, --quiet             only a line for each file\n"
        "  --color auto|always|never\n"
        "  -h, --help\n"
        "\n"
        "Exit status: 0 the same; 1 different; 2 bad usage or script; 3 it cannot be compared, or not\n"
        "to the end: then it says why. docs/compare.md says more.\n",
        stdout);
}
