#!/bin/sh
# Every operation whose record has a composition is compared with it: tests/nn/test_fused lists those
# that it ran.
# usage: check_composed.sh PROJECT-ROOT TEST-FUSED
cd "$1" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The names of records, from "static const op" to the semicolon, that have the member.
find lib -name '*.c' -exec cat {} + | tr '\n' ' ' | tr ';' '\n' |
    sed -n '/static const op .*\.composed *=/s/.*\.name *= *"\([a-z0-9_]*\)".*/\1/p' |
    sort -u >"$work/promised"

"$2" --composed | sort -u >"$work/checked"

# None of the records is overlooked: those in no string of the above would be.
uses=$(cat $(find lib -name '*.c') | grep -c '\.composed *=')
names=$(wc -l <"$work/promised")
[ "$names" -gt 0 ] && [ "$names" -eq "$uses" ] ||
    { echo "$uses records have a composition, of which $names are named"; exit 1; }

unchecked=$(comm -23 "$work/promised" "$work/checked")
[ -z "$unchecked" ] && exit 0
echo "with a composition that no test compares with:"
echo "$unchecked" | sed 's/^/  /'
exit 1
