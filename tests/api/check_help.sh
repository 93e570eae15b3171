#!/bin/bash
# The man pages and completions that are made of the programs: each flag of each program is in them,
# the pages have no faults, bash completes, zsh can read its files, and the program in tinytensor(3)
# runs. What a tool is missing for is left out.
# usage: check_help.sh MADE-FOLDER LIBRARY-PAGE LIBRARY INCLUDE-FOLDER PROGRAM...
made=$1 page=$2 library=$(realpath "$3") include=$4
shift 4
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

fault() {
    echo "$*"
    bad=1
}

# flags PROGRAM [COMMAND]: the names of the flags that --help tells
flags() { "$@" --help | sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p'; }
commands() { "$1" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'; }

# complete WORD...: what bash offers in the place of the last word
complete_line() {
    (
        # shellcheck disable=SC1090 # made by the build
        . "$made/$1" || exit 1
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        "_${1//-/_}" 2>/dev/null
        printf '%s\n' "${COMPREPLY[@]}"
    )
}

# offers WORD TEXT...: bash offers WORD where the line ends in the last text
offers() {
    local word=$1
    shift
    complete_line "$@" | grep -qxF -- "$word" || fault "bash: $*: '$word' is not offered"
}

manual() { man --warnings -l "$1" 2>&1 >"$work/page"; }

for program in "$@"; do
    name=$(basename "$program")
    for file in "$name.1" "$name" "_$name"; do
        [ -s "$made/$file" ] || fault "$file was not made"
    done
    twice=$(sed -n '/^\.SH ENVIRONMENT/,/^\.SH EX/{/^\.TP/{n;p;}}' "$made/$name.1" | sort | uniq -d)
    [ -z "$twice" ] || fault "$name.1: told twice: $twice"
    mapfile -t names < <(commands "$program")
    for command in "${names[@]:-}"; do
        # shellcheck disable=SC2086 # no command is no word
        for flag in $(flags "$program" $command); do
            grep -qF "\\fB${flag//-/\\-}\\fR" "$made/$name.1" || fault "$name.1: no $flag"
            grep -q -- "'${flag}[=[]" "$made/_$name" || fault "_$name: no $flag"
            # shellcheck disable=SC2086
            offers "$flag" "$name" $command "$flag"
        done
        [ -z "$command" ] || offers "$command" "$name" "${command:0:2}"
    done
    if command -v zsh >/dev/null; then
        zsh -n "$made/_$name" || fault "_$name: zsh cannot read it"
    fi
done

cd "$work" || exit 1
mkdir folder && : >'a file.csv' && : >loss.svg
offers 'f16' tinytensor-gpt2 convert --dtype f1
offers 'f16' tinytensor-gpt2 convert --dtype = f1
offers 'folder' tinytensor-gpt2 info --model ''
complete_line tinytensor-gpt2 info --model '' | grep -q 'a file' && fault 'bash: --model DIR offers files'
offers 'a file.csv' tinytensor-mlp --data a
offers 'gelu' tinytensor-mlp --activation g
offers 'char' tinytensor-gpt2 train --tokenizer c
[ -z "$(complete_line tinytensor-mlp --epochs '')" ] || fault 'bash: --epochs N offers something'

if command -v man >/dev/null && command -v groff >/dev/null; then
    for file in "$made"/*.1 "$page"; do
        said=$(manual "$file")
        [ -z "$said" ] || fault "$file: $said"
        grep -q 'NAME' "$work/page" || fault "$file: no page comes of it"
    done
fi

# The example of tinytensor(3): no request, no escape but \e and \-.
sed -n '/^#include/,/^\.fi/p' "$page" | grep -v '^\.' | sed 's/\\e/\\/g; s/\\-/-/g' >shown.c
grep -q 'int main' shown.c || fault 'tinytensor(3) shows no program'
if cc -std=c11 -Wall -Wextra -Werror -I"$include" shown.c "$library" -Wl,-rpath,"$(dirname "$library")" -o shown; then
    [ "$(./shown)" = 'y = 3.00 x + -1.00' ] || fault "the program of tinytensor(3) prints $(./shown)"
else
    fault 'the program of tinytensor(3) does not compile'
fi
exit $bad
