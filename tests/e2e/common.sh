# shellcheck shell=bash
# Sourced by the tests of programs: the first argument is the program. Goes to an empty folder, which
# goes away again; a test ends with `exit $wrong`.
program=$(realpath "$1")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
wrong=0
always=() # arguments of every run

fault() {
    local at=$((${#BASH_LINENO[@]} - 2))
    echo "line ${BASH_LINENO[$at]}: $*"
    wrong=1
}

# run ARGUMENT...: must succeed
run() {
    "$program" "${always[@]}" "$@" >out 2>err </dev/null || fault "$*: exit $?: $(cat err)"
}

# expect CODE TEXT ARGUMENT...: the exit code, and one line on stderr that holds the text
expect() {
    local code=$1 text=$2
    shift 2
    "$program" "$@" >out 2>err </dev/null
    local got=$?
    [ $got -eq "$code" ] || fault "$*: exit $got, not $code"
    grep -qF -- "$text" err || fault "$*: '$text' is not in: $(cat err)"
    [ "$(wc -l <err)" -eq 1 ] || fault "$*: more than one line: $(cat err)"
}
