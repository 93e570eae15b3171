#!/bin/sh
# pkgconfig/abi at work, on a small library: what it takes for the same interface, for one that grew
# as the policy allows, and for another. Exit 77 where libabigail is not installed.
# usage: test_abi.sh PROJECT-ROOT COMPILER...
root=$1
shift
for tool in abidw abidiff xz; do
    command -v $tool >/dev/null || exit 77
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
cp "$root/pkgconfig/abi" . # what it records lies beside it
mkdir -p include/tinytensor
compiler=$*
bad=0

# expect CODE WHAT [FLAG...]: what check says of the library as these flags make it
expect() {
    wanted=$1 what=$2
    shift 2
    cat >include/tinytensor/x.h <<'END'
#ifndef NUMBER
#define NUMBER int
#endif
typedef struct options { unsigned long struct_size; NUMBER a; } options;
#ifdef MORE_KINDS
typedef enum kind { KIND_A, KIND_B, KIND_C } kind;
#else
typedef enum kind { KIND_A, KIND_B } kind;
#endif
int f(int x, const options *o, kind k);
void g(NUMBER x);
void h(void);
END
    cat >x.c <<'END'
#include <tinytensor/x.h>
int f(int x, const options *o, kind k) { return x + (int)o->a + (int)k; }
void g(NUMBER x) { (void)x; }
#ifndef WITHOUT_H
void h(void) {}
#endif
#ifdef WITH_I
void i(void) {}
#endif
END
    # shellcheck disable=SC2086 # the compiler may be several words
    $compiler "$@" -g -shared -fPIC -Iinclude -Wl,-soname,libx.so.1 x.c -o libx.so || exit 1
    ./abi check libx.so include >said 2>&1
    code=$?
    [ $code -eq "$wanted" ] && return
    echo "$what: exit status $code, not $wanted"
    cat said
    bad=1
}

expect 77 'nothing is recorded'
./abi record libx.so include || exit 1
[ -s libx.so.1.abi.xz ] || { echo 'record has written nothing'; exit 1; }
expect 0 'the same'
expect 0 'another function' -DWITH_I
expect 0 'another enumerator' -DMORE_KINDS
expect 1 'a function is gone' -DWITHOUT_H
expect 1 'a parameter and a member of another type' -DNUMBER=double
exit $bad
