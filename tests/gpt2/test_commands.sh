#!/usr/bin/env bash
# tinytensor-gpt2's text commands: what they print, and how they end. usage: test_commands.sh PROGRAM
set -u
program=$1
words=$(dirname "$0")/words
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
failures=0

wrong() {
    echo "$*" >&2
    failures=$((failures + 1))
}

# prints EXPECTED ARGUMENT...
prints() {
    local expected=$1 got
    shift
    got=$("$program" "$@" 2>&1) || wrong "$*: exit $?: $got"
    [ "$got" = "$expected" ] || wrong "$*: '$got', not '$expected'"
}

# fails STATUS PART ARGUMENT...: one line on stderr with the part in it, and nothing on stdout.
fails() {
    local status=$1 part=$2 got
    shift 2
    got=$("$program" "$@" 2>"$top/error")
    [ $? -eq "$status" ] || wrong "$*: not exit $status"
    [ -z "$got" ] || wrong "$*: prints '$got'"
    [ "$(wc -l <"$top/error")" -eq 1 ] || wrong "$*: not one line: $(cat "$top/error")"
    grep -qF -- "$part" "$top/error" || wrong "$*: '$(cat "$top/error")', not '$part'"
    grep -q '^tinytensor-gpt2\|^tokenize\|^detokenize\|^train-tokenizer' "$top/error" ||
        wrong "$*: '$(cat "$top/error")' does not say whose"
}

# Any bytes there and back, as arguments and in files.
for text in 'Hello, world!' ' it'"'"'s  <|endoftext|> 12' $'a\tb\n\n' '漢字 привет 🙂' $'\xff\xc3 x' ''; do
    ids=$("$program" tokenize --model "$words" -- "$text") || wrong "tokenize '$text'"
    "$program" detokenize --model "$words" "$ids" >"$top/back" || wrong "detokenize $ids"
    printf %s "$text" | cmp -s - "$top/back" || [ -z "$ids" ] || wrong "'$text' comes back as $(cat "$top/back")"
done
head -c 100000 /dev/urandom >"$top/bytes"
cat "$program" >>"$top/bytes"
"$program" tokenize --model "$words" --file "$top/bytes" >"$top/ids" || wrong 'tokenize --file'
"$program" detokenize --model "$words" --file "$top/ids" | cmp - "$top/bytes" || wrong 'bytes do not come back'

special=899
prints "$special" tokenize --model "$words" '<|endoftext|>'
[ "$("$program" tokenize --no-special '<|endoftext|>' --model "$words")" != "$special" ] || wrong '--no-special'
prints '-5' detokenize --model "$words" "$("$program" tokenize --model "$words" -- -5)"
prints '--model' detokenize --model "$words" "$("$program" tokenize --model "$words" -- --model)"
prints '!"#' detokenize --model "$words" 0 1 2
prints '!"#' detokenize --model "$words" '0,1, 2 '
: >"$top/empty"
prints '' tokenize --model "$words" --file "$top/empty"
prints '' tokenize --model "$words" ''

fails 2 '--model is needed' tokenize x
fails 2 'either one TEXT or --file' tokenize --model "$words"
fails 2 'either one TEXT or --file' tokenize --model "$words" x y
fails 2 'either one TEXT or --file' tokenize --model "$words" x --file "$top/empty"
fails 2 'no such flag' tokenize --model "$words" --what x
fails 2 'a value is needed' tokenize --model
fails 2 'either IDS or --file' detokenize --model "$words"
fails 2 '--data and --out are needed' train-tokenizer --data "$top/bytes"
fails 2 'out of bounds' train-tokenizer --data "$top/bytes" --out "$top/x" --vocab-size 256
fails 1 '/nowhere/vocab.json: No such file' tokenize --model /nowhere x
mkdir "$top/cut" && cp "$words/vocab.json" "$top/cut"
head -n -5 "$words/merges.txt" >"$top/cut/merges.txt"
fails 1 'merges.txt: no merge makes token' tokenize --model "$top/cut" x
: >"$top/cut/merges.txt"
fails 1 'lines are missing' tokenize --model "$top/cut" x
fails 1 '/nowhere: No such file' tokenize --model "$words" --file /nowhere
fails 1 'not a file' tokenize --model "$words" --file "$top"
fails 1 'token id 900 is outside of the vocabulary of 900' detokenize --model "$words" 1 900
fails 1 'is outside of the vocabulary of 900' detokenize --model "$words" 99999999999999999999
fails 1 "'x2' is not a token id" detokenize --model "$words" 1 x2
fails 1 "'-1' is not a token id" detokenize --model "$words" -1
fails 1 "'2x' is not a token id" detokenize --model "$words" 2x
fails 1 'the file is empty' train-tokenizer --data "$top/empty" --out "$top/x"
fails 1 '/nowhere: No such file' train-tokenizer --data /nowhere --out "$top/x"
fails 1 'Not a directory' train-tokenizer --data "$top/bytes" --out "$top/empty"
if [ -w /dev/full ]; then
    "$program" tokenize --model "$words" --file "$top/bytes" >/dev/full 2>"$top/error"
    [ $? -eq 1 ] && grep -q 'standard output: No space' "$top/error" || wrong 'a full disk is not noticed'
fi

# A vocabulary of one's own: as large as asked for, the same each time, and it opens.
"$program" train-tokenizer --data "$top/bytes" --out "$top/mine" --vocab-size 300 >"$top/said" ||
    wrong 'train-tokenizer'
grep -q '^300 tokens, 43 of them merges' "$top/said" || wrong "train-tokenizer says $(cat "$top/said")"
"$program" train-tokenizer --data "$top/bytes" --out "$top/again" --vocab-size 300 >/dev/null
cmp "$top/mine/vocab.json" "$top/again/vocab.json" || wrong 'another vocabulary'
cmp "$top/mine/merges.txt" "$top/again/merges.txt" || wrong 'other merges'
"$program" tokenize --model "$top/mine" --file "$top/bytes" >"$top/ids" || wrong 'its own vocabulary'
"$program" detokenize --model "$top/mine" --file "$top/ids" | cmp - "$top/bytes" || wrong 'its own bytes'
printf 'short' >"$top/short"
"$program" train-tokenizer --data "$top/short" --out "$top/few" --vocab-size 1000 >"$top/said" || wrong 'a short text'
grep -q '^257 tokens' "$top/said" && grep -q 'no other pair is in the text twice' "$top/said" ||
    wrong "a short text: $(cat "$top/said")"

[ $failures -eq 0 ]
