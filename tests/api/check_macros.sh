#!/bin/sh
# Loops are code: outside .def files no macro of lib, include and examples has a body of more than 15
# lines. usage: check_macros.sh PROJECT-ROOT
cd "$1" || exit 1
files=$(find lib include examples -name '*.[ch]' -o -name '*.hpp')
[ -n "$files" ] || { echo "no files found"; exit 1; }
# shellcheck disable=SC2086 # names of ours, without spaces
awk '
    function report() { if (lines > 15) { printf "%s: a body of %d lines\n", at, lines; bad = 1 } }
    !inside && /^[ \t]*#[ \t]*define/ { at = FILENAME ":" FNR; inside = 1; lines = -1 }
    inside { lines++; if (!/\\$/) { report(); inside = 0 } }
    END { exit bad }' $files
