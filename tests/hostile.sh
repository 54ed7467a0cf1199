#!/bin/sh
# hostile.sh - submissions that want more than their points: tests/hostile/, and files and folders that are not
# what they should be. All of them are graded in one go, between two that are right: each must get what its
# `wanted:` says, and those two all their points. What a submission tries must fail: it crashes otherwise.
set -u
pipesim=${PIPESIM:-./pipesim}
case $pipesim in /*) ;; *) pipesim=$PWD/$pipesim ;; esac
here=$PWD/tests/hostile
solution=$PWD/scenarios/labs/instructor/04-make-it-block/reference/my_pipe.c
work=$(mktemp -d)
chmod 755 "$work"
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
bad=0
complain() {
    echo "hostile: $*" >&2
    bad=$((bad + 1))
}

# The hidden items are a copy: who breaks in breaks that.
mkdir "$work/hidden" "$work/all" "$work/names"
cp -R scenarios/labs/instructor/04-make-it-block "$work/hidden/"
all=$work/all
submit() {
    mkdir -p "$all/$1" && cp "$solution" "$all/$1/my_pipe.c"
}
# want NAME REGEX: of the line of the result
want() {
    printf '%s\t%s\n' "$1" "$2" >>"$work/wanted"
}

# -- code ------------------------------------------------------------------------------------------

for file in "$here"/*.c; do
    name=$(basename "$file" .c)
    submit "$name"
    mv "$all/$name/my_pipe.c" "$all/$name/right.c"
    cp "$here/hostile.h" "$all/$name/"
    sed "s:HIDDEN:$work/hidden:; s:NEIGHBOUR:$all/right:" "$file" >"$all/$name/my_pipe.c"
    want "$name" "$(sed -n 's:^.*wanted\: \(.*\) \*/:\1:p' "$file")"
done

# -- files that are no files, or too large ---------------------------------------------------------

full='25 of 25$' none='0 of 25 '
for name in right a-right-one-first; do
    submit $name && want $name "$full"
done
folder() {
    mkdir "$all/$1" && want "$1" "$none"
}
folder nothing
folder empty && : >"$all/empty/my_pipe.c"
folder is-a-folder && mkdir "$all/is-a-folder/my_pipe.c"
folder is-a-fifo && mkfifo "$all/is-a-fifo/my_pipe.c"
folder is-a-device && ln -s /dev/zero "$all/is-a-device/my_pipe.c"
folder links-to-solution && ln -s "$work/hidden/04-make-it-block/reference/my_pipe.c" "$all/links-to-solution/my_pipe.c"
folder links-to-neighbour && ln -s ../right/my_pipe.c "$all/links-to-neighbour/my_pipe.c"
folder links-to-itself && ln -s my_pipe.c "$all/links-to-itself/my_pipe.c"
ln -s right "$all/is-a-link" && want is-a-link "$none"
ln -s "$work/hidden/04-make-it-block/reference" "$all/is-the-solution" && want is-the-solution "$none"
: >"$all/is-no-folder" && want is-no-folder "$none"
folder large && dd if=/dev/null of="$all/large/my_pipe.c" bs=1 seek=1073741824 2>/dev/null
folder rubbish && head -c 100000 "$pipesim" >"$all/rubbish/my_pipe.c"
folder zeros && head -c 10000 /dev/zero >"$all/zeros/my_pipe.c"
# and what is as good as any
submit inner-link && mv "$all/inner-link/my_pipe.c" "$all/inner-link/mine.c" &&
    ln -s mine.c "$all/inner-link/my_pipe.c" && want inner-link "$full"
submit crlf && sed 's/$/\r/' "$solution" >"$all/crlf/my_pipe.c" && want crlf "$full"
submit bom && { printf '\357\273\277' && cat "$solution"; } >"$all/bom/my_pipe.c" && want bom "$full"

HARNESS_TOKEN=secret timeout 600 "$pipesim" lab grade --lab 4 --hidden "$work/hidden" "$all"/* \
    >"$work/result" 2>"$work/said" || complain "grade: $(cat "$work/said")"
while IFS='	' read -r name regex; do
    grep -q "^$name *$regex" "$work/result" ||
        complain "$name: wanted '$regex', got: $(grep "^$name " "$work/result")"
done <"$work/wanted"
diff -r "$work/hidden/04-make-it-block" scenarios/labs/instructor/04-make-it-block >/dev/null || complain "the hidden items are changed"
cmp -s "$all/right/my_pipe.c" "$solution" || complain "a neighbour is changed"

[ $bad = 0 ] || exit 1
echo "hostile: $(wc -l <"$work/wanted" | tr -d ' ') submissions, each got what was its own"
