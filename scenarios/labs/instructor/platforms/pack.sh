#!/bin/sh
# pack.sh FOLDER - what `make labs` makes: an archive for students without the instructor's part, one with
# it, and for each lab a zip for Gradescope. Needs git for the list of sources; and zip.
set -eu
out=$1
rm -rf "$out"
mkdir -p "$out/students" "$out/instructor"
for lab in scenarios/labs/[0-9]*; do cp -R "$lab" "$out/students/"; done
cp -R scenarios/labs/instructor/. "$out/instructor/"
(cd "$out" && tar cf labs-students.tar students && tar cf labs-instructor.tar instructor)
command -v zip >/dev/null || { echo "labs: no zip: without the Gradescope archives"; exit 0; }
for lab in scenarios/labs/[0-9]*; do
    name=$(basename "$lab")
    box=$out/gradescope/$name
    mkdir -p "$box/pipesim" "$box/labs" "$box/instructor"
    cp scenarios/labs/instructor/platforms/gradescope/* "$box/"
    chmod +x "$box/setup.sh" "$box/run_autograder"
    echo "LAB=$name" >"$box/lab.conf"
    cp -R Makefile ringbuf sim "$box/pipesim/"
    cp -R scenarios/labs/[0-9]* "$box/labs/"
    [ ! -d "scenarios/labs/instructor/$name" ] || cp -R "scenarios/labs/instructor/$name" "$box/instructor/"
    rm -rf "$box/instructor/$name/reference" "$box/instructor/$name/wrong"
    (cd "$box" && zip -qr "../../gradescope-$name.zip" .)
done
rm -rf "$out/gradescope"
echo "labs: $(ls "$out" | wc -l | tr -d ' ') archives and folders in $out"
