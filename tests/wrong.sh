#!/bin/sh
# wrong.sh FILE... - scripts with a mistake in them. The first line of each says where the program
# must find it, and what it is: "# line:col: what". Anything else there is a failure of the test:
#   - the exit status is 2;
#   - the first message is an error at that place;
#   - it is the only error, unless the file is called many_errors: one cause, one message.
# The words are not compared: they are for whoever reads the script.
set -u
pipesim=${PIPESIM:-./pipesim}
bad=0
count=0

complain() {
    echo "$file: $1" >&2
    echo "$output" | sed 's/^/    /' | cut -c 1-160 >&2
    bad=$((bad + 1))
}

for file in "$@"; do
    count=$((count + 1))
    wanted=$(sed -n '1s/^# \([0-9]*:[0-9]*\): .*/\1/p' "$file")
    output=$("$pipesim" run "$file" 2>&1 </dev/null)
    status=$?
    errors=$(echo "$output" | grep -c ': error: ')
    found=$(echo "$output" | sed -n 's/^.*\.pipe:\([0-9]*:[0-9]*\): error: .*/\1/p' | sed 1q)
    most=1
    case $file in */many_errors.pipe) most=20 ;; esac
    if [ -z "$wanted" ]; then
        complain "its first line must say where the mistake is: # line:col: what"
    elif [ $status != 2 ]; then
        complain "exit status $status, wanted 2"
    elif [ "$found" != "$wanted" ]; then
        complain "an error at ${found:-no place}, wanted $wanted: $(sed -n '1s/^# [0-9:]* //p' "$file")"
    elif [ "$errors" != $most ]; then
        complain "$errors errors, wanted $most"
    fi
done
if [ $bad != 0 ]; then
    echo "wrong scripts: $bad of $count failed" >&2
    exit 1
fi
echo "wrong scripts: $count mistakes found in their places"
