#!/bin/bash
# tinytensor-transformer-block as a user runs it: it learns, shows what it attends to, and its errors.
# usage: transformer_block.sh PROGRAM
. "$(dirname "$(realpath "$0")")/common.sh"

# at_least LEAST: the accuracy in the last line
at_least() {
    local got
    got=$(sed -nE '$s/^accuracy (0\.[0-9]{4}|1\.0000)$/\1/p' out)
    awk -v a="$got" -v least="$1" 'BEGIN { exit !(a != "" && a >= least) }' ||
        fault "accuracy '$got' is below $1"
}

# With the defaults it learns to copy, and what it attends to is drawn.
run --html p.html --plot p.svg
at_least 0.99
grep -q '^layer 1, head 2' out || fault "no pattern was printed"
[ "$(grep -o 'layer 1, head [0-9]*' p.html | sort -u | wc -l)" -eq 2 ] ||
    fault "the page does not have two patterns"
grep -qE '(src|href)="?http' p.html && fault "the page needs others"
grep -q '</html>' p.html || fault "the page is cut off"
grep -q '</svg>' p.svg || fault "the drawing is cut off"

# The same seed is the same run.
run --steps 5 && mv out first
run --steps 5 --threads 1
cmp -s first out || fault "the same seed gave another run"
run --steps 5 --seed 1
cmp -s first out && fault "another seed gave the same run"

# Repeating what came after the last time takes two layers: one stays far below.
run --task induction --layers 1 --steps 600
at_least 0.05
awk '/^accuracy/ { exit !($2 < 0.6) }' out || fault "one layer: $(tail -1 out)"
run --task induction --layers 2 --heads 4 --steps 1500
at_least 0.95

expect 2 '--colour: no such flag' --colour
expect 2 "--task: copy or induction" --task sort
expect 2 "--width: must be a multiple of --heads" --heads 3
expect 2 "--layers" --layers 9
expect 1 "/no/folder/p.svg" --steps 1 --plot /no/folder/p.svg
expect 1 "/no/folder/p.html" --steps 1 --html /no/folder/p.html
mkfifo pipe && expect 1 'tinytensor-transformer-block: pipe: ' --steps 1 --html pipe
expect 1 'tinytensor-transformer-block: pipe: ' --steps 1 --plot pipe
[ -p pipe ] || fault 'a file is in the place of a device'
if [ -w /dev/full ]; then
    "$program" --steps 1 >/dev/full 2>err </dev/null && fault 'lost output is not noticed'
    grep -q 'standard output: No space left on device' err || fault "$(cat err)"
fi
exit $wrong
