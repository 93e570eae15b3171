# What the end-to-end tests of tinytensor-gpt2 share; sourced with PROGRAM and PROJECT-ROOT as arguments.
# Leaves the shell in an empty folder of its own.
# shellcheck shell=bash disable=SC2034
program=$(realpath "$1") root=$(realpath "$2")
text=$root/COPYING shipped=$root/examples/models/shakespeare
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT
work=$top/work page=$top/page # a text that the shipped model knows something of
head -c 16000 "$root/examples/data/shakespeare.txt" >"$page" || exit 1
mkdir "$work" && cd "$work" || exit 1
wrong=0
# a model and a training of a few milliseconds
tiny=(--n-layer 1 --n-head 2 --n-embd 16 --block-size 16 --batch-size 4 --warmup 5 --eval-iters 2
    --eval-every 10 --threads 1)

fault() {
    echo "line ${BASH_LINENO[-2]}: $*"
    wrong=1
}

# run ARGUMENT...: must succeed
run() {
    "$program" "$@" >out 2>err </dev/null || fault "$*: exit $?: $(cat err)"
}

# complains CODE GOT TEXT: how a run ended, and one line in err that holds the text
complains() {
    [ "$2" -eq "$1" ] || fault "exit $2, not $1"
    grep -qF -- "$3" err || fault "'$3' is not in: $(cat err)"
    grep -q '^tinytensor-gpt2' err || fault "does not say whose: $(cat err)"
    [ "$(wc -l <err)" -eq 1 ] || fault "more than one line: $(cat err)"
}

# expect CODE TEXT ARGUMENT...: the exit code, and one line on stderr that holds the text
expect() {
    local code=$1 text=$2
    shift 2
    "$program" "$@" >out 2>err </dev/null
    complains "$code" $? "$text"
}

# same A B: two files, or what two folders hold, are equal
same() { diff -rq "$1" "$2" >/dev/null || fault "$1 and $2 differ"; }
differ() { cmp -s "$1" "$2" && fault "$1 and $2 do not differ"; }
# prints TEXT: what the last run printed
prints() { [ "$(cat out)" = "$1" ] || fault "'$(cat out)', not '$1'"; }
# near A B [WITHIN]: two numbers
near() {
    awk -v a="$1" -v b="$2" -v e="${3:-2e-5}" 'BEGIN { d = a - b; exit !(a != "" && d * d < e * e) }' ||
        fault "$1 is not near $2"
}
# number WORDS: what stands behind the words in the last run's output
number() { sed -nE "s/^$1 ([-0-9.e+]+)$/\1/p" out; }
# traces: whether strace works here, for what cannot be brought about otherwise
traces() { command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; }
