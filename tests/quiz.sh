#!/bin/sh
# quiz.sh FOLDER... - quizzes of every scenario below the folders, of the seeds 0 to 20 (or, with
# QUIZ_SEEDS=few, of two of them): each key gets full
# marks, other answers get none, the same quiz is the same bytes, and what is printed is what runs.
set -u
pipesim=${PIPESIM:-./pipesim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seeds="0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"
[ "${QUIZ_SEEDS:-}" = few ] && seeds="7 20"
bad=0
quizzes=0
questions=0

complain() {
    echo "quiz: $pipesim quiz --seed $seed $file: $1" >&2
    bad=$((bad + 1))
}

# The answers of a printed key, as --check reads them.
answers_of() {
    awk '/^ *[0-9]+[.] / { n = $1; sub(/[.]$/, "", n) } /^    = / { print n ": " substr($0, 7) }' "$1"
}

# The scenario as the paper shows it, without its line numbers.
scenario_of() {
    sed -n '/^ *1  /,/^[A-Z]/p' "$1" | grep -E '^ {2,4}[0-9]+' | sed -E 's/^ *[0-9]+(  )?//'
}

check_quiz() {
    "$pipesim" quiz --seed "$seed" --answers "$file" >"$work/key" 2>&1 || complain "no key"
    answers_of "$work/key" >"$work/answers"
    n=$(wc -l <"$work/answers")
    [ "$n" -gt 0 ] || complain "no questions"
    "$pipesim" quiz --seed "$seed" --check "$work/answers" "$file" >"$work/marks" 2>&1 ||
        complain "its own key is not right: $(grep -v right "$work/marks" | head -n 2)"
    quizzes=$((quizzes + 1))
    questions=$((questions + n))
}

# What takes longer, and is the same code for every seed.
check_more() {
    "$pipesim" quiz --seed "$seed" --answers "$file" 2>&1 | cmp -s - "$work/key" ||
        complain "another key the second time"
    sed 's/:.*/: something else/' "$work/answers" >"$work/wrong"
    "$pipesim" quiz --seed "$seed" --check "$work/wrong" "$file" >"$work/marks"
    [ $? = 1 ] && tail -n 1 "$work/marks" | grep -q '^0 of ' || complain "wrong answers are right"
    "$pipesim" quiz --seed "$seed" --scenario "$file" >"$work/scenario.pipe"
    scenario_of "$work/key" | cmp -s - "$work/scenario.pipe" || complain "another scenario is printed"
    policy=$(sed -n 's/^who runs *\([a-z]*\):.*/\1/p' "$work/key")
    "$pipesim" run -q --policy "${policy:-fifo}" "$work/scenario.pipe" >"$work/verdict" 2>&1
    case $? in 0 | 3) ;; *) complain "its scenario fails: $(cat "$work/verdict")" ;; esac
}

for file in $(find "$@" -name '*.pipe' | LC_ALL=C sort); do
    for seed in $seeds; do
        check_quiz
        case $seed in 0 | 7 | 20) check_more ;; esac
    done
done
if [ $bad != 0 ]; then
    echo "quiz: $bad things are not as they should be" >&2
    exit 1
fi
echo "quiz: $quizzes quizzes with $questions questions, each key right and nothing else"
