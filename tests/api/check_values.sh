#!/bin/sh
# Every operation that the headers of operations declare is compared with PyTorch or NumPy: a row of a
# .def file of lib/kernel or of tests/reference, as the programs that run them list.
# usage: check_values.sh PROJECT-ROOT PROGRAM...
cd "$1/include/tinytensor" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Without values of their own (set_training, is_training), or random: test_random has their
# distributions.
others='tt_(dropout|set_training|is_training|init_(normal|uniform|xavier_.*|kaiming_.*)_)'

# What ops.h reaches, but for the headers of tensors and contexts that these include themselves.
families=$(sed -n 's|^#include <tinytensor/\(.*\)>|\1|p' ops.h elementwise.h | sort -u |
    grep -vxE 'tensor.h|context.h|export.h')

# shellcheck disable=SC2086 # names of ours, without spaces
cat $families nn.h convolution.h recurrent.h linalg.h |
    sed 's/TT_API/\n&/g' | sed -n 's/^TT_API[^;(]*[ *]\(tt_[a-z0-9_]*\) *(.*/\1/p' |
    grep -vxE "$others" | sort -u >"$work/declared"
shift
for program; do
    "$program" --list
done | sort -u >"$work/checked"

[ -s "$work/declared" ] || { echo "no operation found in the headers"; exit 1; }

unchecked=$(comm -23 "$work/declared" "$work/checked")
[ -z "$unchecked" ] && exit 0
echo "declared, but without a row that tests their values:"
echo "$unchecked" | sed 's/^/  /'
exit 1
