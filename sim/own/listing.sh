#!/bin/sh
# listing.sh FILE.c... - the text of these sources as a C file, for listing.h: an array of strings
# for each. Only POSIX sh, awk and sed are needed, and the program needs no sources where it runs.
set -eu
echo '#include "sim/own/listing.h"'
for file in "$@"; do
    awk -v file="$file" '
    BEGIN {
        name = file
        gsub(/[^A-Za-z0-9]/, "_", name)
        print "\nstatic const char *const " name "[] = {"
    }
    {
        gsub(/[\\"?]/, "\\\\&")
        gsub(/\t/, "        ")
        print "    \"" $0 "\","
    }
    END {
        if (NR == 0)
            print "    \"\","
        print "};"
    }' "$file"
done
echo
echo "const struct listing listings_built_in[] = {"
for file in "$@"; do
    name=$(printf '%s' "$file" | sed 's/[^A-Za-z0-9]/_/g')
    echo "    {\"$file\", $name, sizeof $name / sizeof *$name},"
done
echo "};"
echo "const size_t listings_built_in_count = sizeof listings_built_in / sizeof *listings_built_in;"
