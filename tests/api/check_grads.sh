#!/bin/sh
# Every function whose documentation says @grad is gradient-checked: through its row in a .def file
# of lib/kernel/FAMILY, or through a row of a table in tests/grad or tests/nn.
# usage: check_grads.sh PROJECT-ROOT
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

{
    sed -nE 's/^[A-Z_]+\( *([a-z0-9_]+) *,.*/tt_\1/p' lib/kernel/*/*.def 2>/dev/null
    grep -ohE '\btt_[a-z0-9_]+' tests/grad/*.c tests/nn/*.c
} | sort -u >"$work/checked"

[ -s "$work/promised" ] || { echo "no @grad found in the headers"; exit 1; }

unchecked=$(comm -23 "$work/promised" "$work/checked")
[ -z "$unchecked" ] && exit 0
echo "documented as differentiable, but without a gradient check:"
echo "$unchecked" | sed 's/^/  /'
exit 1
