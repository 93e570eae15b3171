#!/bin/sh
# Who may include whom (docs/architecture.md). Each layer lists the folders and single headers of
# lib/ that its files may name; of the public headers base, tensor and kernel see only context.h and
# tensor.h. nn sees public headers only; examples see installed headers only.
# usage: check_layers.sh PROJECT-ROOT
cd "$1" || exit 1

allowed() {
    case $1 in
    base) echo 'base/*' ;;
    tensor) echo 'base/* tensor/*' ;;
    kernel) echo 'base/* tensor/layout.h tensor/element.h tensor/convert.h kernel/*' ;;
    op) echo 'base/* tensor/* kernel/* op/*' ;;
    autograd) echo 'base/* tensor/* op/* autograd/*' ;;
    einops) echo 'base/* tensor/* op/* einops/*' ;;
    linalg) echo 'base/* tensor/* op/* linalg/*' ;;
    optim) echo 'optim/*' ;;
    io) echo 'base/* tensor/* io/*' ;;
    esac
}

# permitted TARGET PATTERN...: does TARGET match one of the patterns?
permitted() {
    target=$1
    shift
    for pattern; do
        # shellcheck disable=SC2254 # the pattern is meant as one
        case $target in $pattern) return 0 ;; esac
    done
    return 1
}

bad=0
set -f
for file in $(find lib -name '*.[ch]' -o -name '*.def' | sort); do
    layer=${file#lib/}
    layer=${layer%%/*}
    for name in $(sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$file"); do
        path=$(realpath -m --relative-to=lib "$(dirname "$file")/$name")
        [ ! -e "lib/$path" ] && [ -e "lib/$name" ] && path=$name
        # shellcheck disable=SC2046 # a list of patterns
        if ! permitted "$path" $(allowed "$layer"); then
            echo "$file includes $path, which layer $layer must not know"
            bad=1
        fi
    done
done
if grep -rnE '# *include *<tinytensor/' lib/base lib/tensor lib/kernel |
    grep -vE '<tinytensor/(context|tensor|export)\.h>'; then
    echo "base, tensor and kernel know no public header above tensor.h"
    bad=1
fi
if grep -rnE '# *include *[<"].*lib/' examples --include='*.[ch]'; then
    echo "examples may include installed headers only"
    bad=1
fi
exit $bad
