# mutant.awk - awk -f mutant.awk NAME.sed ringbuf/pipe.c MUTANT: a mutant as a C file of its own, whose
# lines have the numbers of those in pipe.c that they come from, with what is said of the bug (the head
# of the script) and what it changes. Two lines of context stand around a change.

function fail(text) {
    print "mutant.awk: " script ": " text >"/dev/stderr"
    failed = 1
    exit 1
}

# Do both go on alike from here? A line with words in it says so; of others it takes three.
function agree(i, j, n) {
    if (i <= old_count && j <= new_count && old[i] == new[j] && old[i] ~ /[a-z]/)
        return 1
    for (n = 0; n < 3; n++) {
        if (i + n > old_count && j + n > new_count)
            return 1
        if (old[i + n] != new[j + n])
            return 0
    }
    return 1
}

function add(sign, text, line) {
    signs[++count] = sign
    texts[count] = text
    lines[count] = line
}

# From a line on that differs: the nearest place where both go on alike.
function change(i, j, sum, di, k) {
    for (sum = 1; ; sum++) {
        for (di = sum; di >= 0; di--) {
            if (i + di > old_count + 1 || j + sum - di > new_count + 1 || !agree(i + di, j + sum - di))
                continue
            for (k = 0; k < di; k++)
                add("-", old[i + k], i + k)
            for (k = 0; k < sum - di; k++)
                add("+", new[j + k], k < di ? i + k : di > 0 ? i + di - 1 : i - 1)
            skipped_old = di
            skipped_new = sum - di
            return
        }
    }
}

function compare(i, j) {
    for (i = j = 1; i <= old_count || j <= new_count; ) {
        if (i <= old_count && j <= new_count && old[i] == new[j]) {
            add(" ", old[i], i)
            i++
            j++
        } else {
            change(i, j)
            i += skipped_old
            j += skipped_new
        }
    }
}

function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\\n\""
}

function print_change(k, n, near, shown, place) {
    print "    \"\""
    for (k = 1; k <= count; k++) {
        if (signs[k] != "+" && texts[k] ~ /^[a-z].*[^;]$/) {
            place = texts[k]
            gsub(/\(.*| \{$/, "", place)
            gsub(/^.*[ *]/, "", place)
        }
        near = 0
        for (n = k - 2; n <= k + 2; n++)
            near = near || (n >= 1 && n <= count && signs[n] != " ")
        if (near && !shown)
            print "    " quoted("pipe.c:" lines[k] ", in " place)
        if (near)
            print "    " quoted(signs[k] " " texts[k])
        shown = near
    }
}

function print_source(k, line) {
    for (k = 1; k <= count; k++) {
        if (signs[k] == "-")
            continue
        if (lines[k] != ++line) {
            line = lines[k]
            print "#line " line " \"ringbuf/pipe.c\""
        }
        print texts[k]
    }
}

FNR == 1 { file++ }
file == 1 && FNR == 1 { script = FILENAME }
file == 1 && /^# [a-z]+: / { head[substr($2, 1, length($2) - 1)] = substr($0, length($2) + 4) }
file == 2 { old[++old_count] = $0 }
file == 3 { new[++new_count] = $0 }

END {
    if (failed)
        exit 1
    if (head["zoo"] == "" || head["what"] == "" || head["say"] == "")
        fail("its head must say zoo, what and say")
    compare()
    if (count == old_count && count == new_count)
        print "warning: " script " changes nothing in ringbuf/pipe.c any more: it is the right pipe" \
            >"/dev/stderr"
    name = script
    gsub(/^.*\/|\.sed$/, "", name)
    symbol = name
    gsub(/-/, "_", symbol)
    print "/* Made from ringbuf/pipe.c by " script "; see there. */"
    print "#define BUG " symbol
    print "#include \"sim/bugs/mutant.h\""
    print "const struct bug BUG_SYMBOL(bug) = {"
    print "    {PIPE_FUNCTIONS, .name = \"" name "\", .keeps = " \
          (head["keeps"] == "" ? "PIPE_KEEPS_COUNTS" : "PIPE_KEEPS_ALL") "},"
    print "    " head["zoo"] ","
    print "    \"" head["what"] "\","
    print "    \"" head["say"] "\","
    print_change()
    print "};"
    print "#line 1 \"ringbuf/pipe.c\""
    print_source()
}
