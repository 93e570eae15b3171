#!/bin/sh
# Every function whose documentation says @grad is a row of the gradient test: of a .def file of
# lib/kernel or of tests/grad/cases.def, as the program that runs them lists.
# usage: check_grads.sh PROJECT-ROOT TEST-GRAD
cd "$1" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The functions declared right after a comment that holds @grad.
cat include/tinytensor/*.h | tr '\n' '\001' | sed 's#\*/#*/\n#g' | awk '
    grad && match($0, /TT_API[^;(]*[ *]tt_[a-z0-9_]+ *\(/) {
        name = substr($0, RSTART, RLENGTH)
        sub(/ *\($/, "", name); sub(/.*[ *]/, "", name)
        print name
    }
    { grad = ($0 ~ /@grad/) }' | sort -u >"$work/promised"

"$2" --list | sed 's/^/tt_/' | sort -u >"$work/checked"

[ -s "$work/promised" ] || { echo "no @grad found in the headers"; exit 1; }

unchecked=$(comm -23 "$work/promised" "$work/checked")
[ -z "$unchecked" ] && exit 0
echo "documented as differentiable, but without a gradient check:"
echo "$unchecked" | sed 's/^/  /'
exit 1
