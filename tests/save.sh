#!/bin/sh
# save.sh FOLDER... - a run that `pipesim step` saves as a script is the same run: of every scenario
# below the folders the default run is saved, and one in which others go first. What is saved must
# parse, do what the command in its first line says as the walk did, and be the same when it is saved
# once more.
set -u
pipesim=${PIPESIM:-./pipesim}
case $pipesim in /*) ;; *) pipesim=$PWD/$pipesim ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
saved=0

other_choices='goto 0
run 2
next 3
run 1
next 2
run 3
goto end'

complain() {
    bad=$((bad + 1))
    [ $bad -gt 10 ] || echo "save: $1: $2" >&2
}

# save SCRIPT COMMANDS: as $work/a.pipe, walked over with these commands before.
save() {
    printf '%s\nsave %s\n' "$2" "$work/a.pipe" >"$work/commands"
    rm -f "$work/a.pipe"
    "$pipesim" step -x "$work/commands" "$1" >"$work/walk" 2>&1 || complain "$1" "step fails"
    saved=$((saved + 1))
}

# The command of the first line, of the file $1.
run_saved() {
    command=$(sed -n '1s/^# saved by pipesim step: pipesim //p' "$1")
    [ -n "$command" ] || return 99
    eval "'$pipesim' ${command%% *} --quiet ${command#* }" >"$work/log" 2>&1
}

# verify NAME VERDICT
verify() {
    [ -f "$work/a.pipe" ] || {
        complain "$1" "nothing was saved"
        return
    }
    "$pipesim" run --check "$work/a.pipe" >"$work/log" 2>&1 || complain "$1" "does not parse"
    run_saved "$work/a.pipe"
    status=$?
    [ $status = "$2" ] || complain "$1" "ended with $2, and when saved with $status"
}

for file in $(find "$@" -name '*.pipe' | sort); do
    "$pipesim" run --quiet "$file" >/dev/null 2>&1
    status=$?
    save "$file" ""
    verify "$file" $status
    [ -f "$work/a.pipe" ] || continue
    sed 1d "$work/a.pipe" >"$work/once"
    cp "$work/a.pipe" "$work/b.pipe"
    save "$work/b.pipe" ""
    sed 1d "$work/a.pipe" 2>/dev/null | cmp -s "$work/once" - ||
        complain "$file" "saved again it is another"
    # Every line of a run that did not end as expected says what it gave; claims stay as they are.
    save "$file" "$other_choices"
    [ -s "$work/a.pipe" ] || continue
    wanted='0 1 3'
    grep -q 'the run is over: as expected' "$work/walk" && wanted=0
    run_saved "$work/a.pipe"
    status=$?
    case " $wanted " in
    *" $status "*) ;;
    *) complain "$file" "with other choices: ended with $status: $(head -n 1 "$work/a.pipe")" ;;
    esac
done

if [ $bad != 0 ]; then
    echo "save: $bad things are not as expected" >&2
    exit 1
fi
echo "save: $saved runs saved, all the same when they are run again"
