#!/bin/sh
# The shared library exports exactly the functions that the public headers declare, all tt_*.
# usage: check_symbols.sh libtinytensor.so INCLUDE-FOLDER
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$1" | awk '{ print $3 }' | sed 's/@.*//' | sort -u >"$work/exported"
for header in "$2"/tinytensor/*.h; do
    printf '#include "%s"\n' "$header"
done >"$work/all.c"
# A declaration of the library is `tt_name(`; names inside parameter lists are not followed by `(`.
cc -std=c11 -E -P -I"$2" "$work/all.c" | tr '\n' ' ' | grep -oE '\btt_[a-z0-9_]+ *\(' |
    tr -d ' (' | sort -u >"$work/declared"

bad=0
report() {
    [ -z "$2" ] && return
    echo "$1:"
    echo "$2" | sed 's/^/  /'
    bad=1
}
report 'exported, but not tt_*' "$(grep -v '^tt_' "$work/exported")"
report 'exported, but in no public header' "$(comm -23 "$work/exported" "$work/declared" | grep '^tt_')"
report 'declared, but not exported' "$(comm -13 "$work/exported" "$work/declared")"
exit $bad
