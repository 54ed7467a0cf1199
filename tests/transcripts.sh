#!/bin/sh
# transcripts.sh [--update] FILE... - sessions at the command line, and what must come out of them.
#
# A file holds lines "$ COMMAND", each followed by what the command prints (standard output and
# error), and by "[N]" when its exit status is not 0. Lines that begin with "#" are notes. Commands
# run in the current folder by sh, where `pipesim` is $PIPESIM and $T a folder for temporary files.
# A command that dies of a signal is a failure, whatever the file says.
# With --update the files are rewritten with what came out: look at the difference before you commit it.
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
mkdir "$work/bin" "$work/files"
ln -s "$pipesim" "$work/bin/pipesim"

command_line() {
    env -i PATH="$work/bin:$PATH" TERM=dumb LC_ALL=C T="$work/files" \
        TSAN_OPTIONS="${TSAN_OPTIONS:-}" sh -c "$1" \
        >"$work/output" 2>&1 </dev/null
    status=$?
    # Ends the last line if the command did not, and keeps an endless one out of the file.
    awk 'NR <= 400 { print } NR == 401 { print "[and so on]" }' "$work/output"
    [ $status = 0 ] || echo "[$status]"
}

# The session as it would be written today.
replay() {
    awk '/^[$#]/' "$1" | while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in '$ '*) command_line "${line#??}" ;; esac
    done
}

bad=0
count=0
for file in "$@"; do
    replay "$file" >"$work/now"
    count=$((count + $(grep -c '^[$] ' "$file")))
    if grep -n '^\[13[1-9]\]$' "$work/now" >"$work/crashes"; then
        echo "$file: a command died of a signal (lines $(cut -d: -f1 "$work/crashes" | tr '\n' ' '))" >&2
        bad=$((bad + 1))
    elif cmp -s "$file" "$work/now"; then
        continue
    elif [ $mode = update ]; then
        cat "$work/now" >"$file"
        echo "updated: $file"
    else
        echo "$file: expected (-), and what came out (+):" >&2
        diff -u "$file" "$work/now" | sed 1,2d >&2
        bad=$((bad + 1))
    fi
done
if [ $bad != 0 ]; then
    echo "transcripts: $bad of $# files are not as they should be" >&2
    exit 1
fi
echo "transcripts: $count commands in $# files, all as written"
