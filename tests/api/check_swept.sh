#!/bin/sh
# Every function that the library exports is called by the sweep of tests/faults, with each of its
# allocations failing.
# usage: check_swept.sh LIBRARY TEST-MEMORY
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$1" | awk '{ print $3 }' | sed 's/@.*//' | sort -u >"$work/exported"
"$2" --list | sort -u >"$work/swept"

[ -s "$work/exported" ] || { echo "no symbols in $1"; exit 1; }

missing=$(comm -23 "$work/exported" "$work/swept")
[ -z "$missing" ] && exit 0
echo "exported, but no row of tests/faults/calls.def:"
echo "$missing" | sed 's/^/  /'
exit 1
