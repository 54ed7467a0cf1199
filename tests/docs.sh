#!/bin/sh
# docs.sh [--update] FILE.md... - what the documentation quotes is what comes out.
#
# In a fenced block that begins with "$ pipesim ..." or "$ printf ... | pipesim ...", each "$ " line is
# run and must print what follows it. A block that begins with "# NAME.pipe" (or .txt, or a lab's
# NAME/grading) is a file for the sessions after it, also in the files after it. Sessions with
# --threads, and those of other programs, are left as they are; so are those with --merge, if pipesim
# cannot read results, and those with --with host, where the host is not Linux.
# With --update the files are rewritten with what came out.
set -u
mode=check
if [ "${1:-}" = --update ]; then
    mode=update
    shift
fi
pipesim=${PIPESIM:-./pipesim}
case $pipesim in /*) ;; *) pipesim=$PWD/$pipesim ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/run" "$work/bin"
ln -s "$pipesim" "$work/bin/pipesim"
ln -s "$pipesim" "$work/run/pipesim"
ln -s "$PWD/scenarios" "$work/run/scenarios"
"$pipesim" explore --json --shard 1/1 "$PWD/tests/cli/scripts/small.pipe" >"$work/result"

# Can scenarios be compared with this host?
host=yes
printf 'process a { getpid() }\n' >"$work/one.pipe"
"$pipesim" compare --with host "$work/one.pipe" >"$work/compared" 2>&1 || host=no

# The block in $work/block as it would be written today.
block_now() {
    first=$(sed -n 1p "$work/block")
    case $first in
    '# '*.pipe | '# '*.txt | '# '*/grading)
        mkdir -p "$(dirname "$work/run/${first#??}")"
        cp "$work/block" "$work/run/${first#??}"
        ;;
    esac
    if grep -q -- --merge "$work/block" && ! "$pipesim" explore --merge "$work/result" >/dev/null 2>&1; then
        cat "$work/block" # it was built without jansson
        return
    fi
    if grep -q -- '--with host' "$work/block" && [ "$host" = no ]; then
        cat "$work/block"
        return
    fi
    case $first in
    *--threads* | *python* | *jq*) cat "$work/block" ;;
    '$ pipesim '* | '$ PIPESIM_LABS='* | '$ cat lab'* | '$ ./pipesim '* | '$ printf '*'| pipesim '*)
        grep '^[$] ' "$work/block" >"$work/commands"
        while IFS= read -r command; do
            printf '%s\n' "$command"
            (cd "$work/run" && env -i PATH="$work/bin:$PATH" TERM=dumb LC_ALL=C \
                TSAN_OPTIONS="${TSAN_OPTIONS:-}" sh -c "${command#??}" </dev/null 2>&1)
        done <"$work/commands"
        ;;
    *) cat "$work/block" ;;
    esac
}

file_now() {
    inside=no
    while IFS= read -r line; do
        case $inside$line in
        'no```'*)
            inside=yes
            : >"$work/block"
            printf '%s\n' "$line"
            ;;
        'yes```'*)
            inside=no
            block_now
            printf '%s\n' "$line"
            ;;
        yes*) printf '%s\n' "$line" >>"$work/block" ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

bad=0
for file in "$@"; do
    file_now "$file" >"$work/now"
    cmp -s "$file" "$work/now" && continue
    if [ $mode = update ]; then
        cat "$work/now" >"$file"
        echo "updated: $file"
        continue
    fi
    echo "$file: quoted (-), and what comes out (+):" >&2
    diff -u "$file" "$work/now" | sed 1,2d >&2
    bad=$((bad + 1))
done
if [ $bad != 0 ]; then
    echo "docs: $bad of $# files do not quote what comes out (make docs-update)" >&2
    exit 1
fi
echo "docs: what $# files quote is what comes out"
