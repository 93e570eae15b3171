#!/bin/sh
# Every public header compiles on its own, twice in one file, and with all the others, as C11 and
# as C++17, without a warning, with each compiler that is there.
# usage: check_headers.sh INCLUDE-FOLDER
include=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
flags="-Wall -Wextra -Wpedantic -Wshadow -Wundef -Wcast-qual -Wwrite-strings -Werror"
bad=0

# try SOURCE: compiles SOURCE in every way.
try() {
    for cc in gcc clang; do
        command -v $cc >/dev/null || continue
        $cc -std=c11 $flags -Wstrict-prototypes -Wvla -I"$include" -fsyntax-only -x c "$1" || bad=1
    done
    for cxx in g++ clang++; do
        command -v $cxx >/dev/null || continue
        $cxx -std=c++17 $flags -I"$include" -fsyntax-only -x c++ "$1" || bad=1
    done
}

for header in "$include"/tinytensor/*.h; do
    name=$(basename "$header")
    printf '#include <tinytensor/%s>\n' "$name" "$name" 'export.h' >"$work/$name.c"
    echo 'extern int not_empty;' >>"$work/$name.c"
    printf '#include <tinytensor/%s>\n' "$name" >>"$work/all.c"
    try "$work/$name.c"
done
try "$work/all.c"
# The one for C++, as C++17 and later.
printf '#include <tinytensor/tinytensor.hpp>\n#include <tinytensor/tinytensor.hpp>\n' >"$work/hpp.cpp"
for cxx in g++ clang++; do
    command -v $cxx >/dev/null || continue
    for std in c++17 c++20; do
        $cxx -std=$std $flags -I"$include" -fsyntax-only -x c++ "$work/hpp.cpp" || bad=1
    done
done
exit $bad
