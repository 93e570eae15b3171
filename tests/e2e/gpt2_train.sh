#!/bin/bash
# tinytensor-gpt2 train as a user runs it: what it prints and writes, and that it survives whatever
# stops it. usage: gpt2_train.sh PROGRAM PROJECT-ROOT
. "$(dirname "$0")/gpt2_functions.sh"

# What it prints and writes.

run train --data "$page" --out a --steps 30 "${tiny[@]}" --log a.csv --plot a.svg --save-every 10
[ "$(sed -E 's/[0-9]+\.[0-9]{4}/9.9999/g' out)" = "step     0  train loss 9.9999  val loss 9.9999
step    10  train loss 9.9999  val loss 9.9999
step    20  train loss 9.9999  val loss 9.9999
step    30  train loss 9.9999  val loss 9.9999
val loss 9.9999" ] || fault "train prints: $(cat out)"
[ -s err ] && fault "stderr: $(cat err)"
[ "$(ls a | xargs)" = 'checkpoint.safetensors config.json merges.txt model.safetensors vocab.json' ] ||
    fault "train writes $(ls a)"
awk '$1 == "step" { v[n++] = $NF } /^val loss/ { last = $3 }
    END { exit !(n == 4 && last == v[3] && last < v[0]) }' out || fault "nothing was learned: $(cat out)"
[ "$(head -1 a.csv)" = "step,train_loss,val_loss,learning_rate,gradient_norm,tokens_per_second" ] ||
    fault "the log begins with $(head -1 a.csv)"
[ "$(tail -n +2 a.csv | cut -d, -f1 | xargs)" = "$(seq 30 | xargs)" ] ||
    fault "the log's steps are $(cut -d, -f1 a.csv)"
[ "$(awk -F, 'NR > 1 && $3 != "" { printf "%s %.4f ", $1, $3 }' a.csv)" = \
    "$(awk '$1 == "step" && $2 > 0 { printf "%s %s ", $2, $NF }' out)" ] || fault "the log's validation losses"
[ "$(sed -n 7p a.csv | cut -d, -f4)" = 0.001 ] || fault "the learning rate after warming up: $(sed -n 7p a.csv)"
grep -q '</svg>' a.svg && [ "$(grep -c '<polyline' a.svg)" -eq 2 ] || fault "the drawing: $(cat a.svg)"
run train --data "$page" --out zero --steps 0 "${tiny[@]}"
[ "$(wc -l <out)" -eq 2 ] || fault "no steps: $(cat out)"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then # a bar on a terminal, which goes away again
    script -qec "'$program' train --data '$page' --out bar --steps 1500 ${tiny[*]}" bar.log >/dev/null </dev/null
    grep -qE '\[#+\.*\] +[0-9]+%  [0-9]+:[0-9]{2} left  loss [0-9.]+  [0-9]+ tokens/s' bar.log ||
        fault "no progress: $(head -c 1000 bar.log)"
fi

# The same seed is the same model; another is another; threads change nothing, neither does --recompute.
train_b() { rm -rf b && run train --data "$page" --out b --steps 10 "${tiny[@]}" "$@"; }
train_b && mv b one
train_b --threads 2 && same one/model.safetensors b/model.safetensors
train_b --recompute && same one b
train_b --seed 2 && differ one/model.safetensors b/model.safetensors
train_b --dropout 0.5 && differ one/model.safetensors b/model.safetensors
mv b two
train_b --dropout 0.5 && same two b
train_b --dropout 0.5 --recompute && same two b
# Two batches of two are one of four, but for rounding.
train_b --log 4.csv && train_b --grad-accum 2 --batch-size 2 --log 2.csv
near "$(tail -1 2.csv | cut -d, -f2)" "$(tail -1 4.csv | cut -d, -f2)"

# Tokenizers, shards, further training.

for _ in 1 2 3; do cat "$page" && printf '<|endoftext|>'; done >texts
run train-tokenizer --data texts --vocab-size 300 --out words
run train --data texts --tokenizer words --out c --steps 10 "${tiny[@]}"
for name in bos eos; do
    grep -q "\"${name}_token_id\": 299" c/config.json || fault "no special token in $(cat c/config.json)"
done
same words/merges.txt c/merges.txt && same words/vocab.json c/vocab.json
run eval --model c --data texts
tokens=$("$program" tokenize --model words --file texts | wc -w)
[ "$(number tokens)" -eq $((tokens - 1)) ] || fault "$tokens tokens: $(cat out)"
[ "$("$program" tokenize --model words --file texts | tr ' ' '\n' | grep -c '^299$')" -eq 3 ] ||
    fault 'the special token is not seen'
run train --data "$text" --init-from c --out d --steps 5 "${tiny[@]}"
same c/merges.txt d/merges.txt && differ c/model.safetensors d/model.safetensors
run train --data texts --init-from c --out c2 --steps 0 "${tiny[@]}" --seed 1
same c/model.safetensors c2/model.safetensors
grep -q '"bos_token_id": null' a/config.json || fault "characters: $(cat a/config.json)"
expect 1 'has a vocabulary of 300, the data needs 1024' train --data "$page" --init-from c \
    --tokenizer "$shipped" --out e --steps 1 "${tiny[@]}"
expect 1 '--block-size 17 is more than the 16 positions of c' train --data "$page" --init-from c --out e \
    "${tiny[@]}" --block-size 17

# word N: as an int32
word() { for shift in 0 8 16 24; do printf "\\x$(printf %02x $(($1 >> shift & 255)))"; done; }
# shard MAGIC VERSION TOKENS REALLY: a token file as llm.c writes it
shard() {
    word "$1" && word "$2" && word "$3" && head -c $((253 * 4)) /dev/zero
    for ((i = 0; i < $4; i++)); do printf "\\x$(printf %02x $((i * 7 % 50)))\\x00"; done
}
mkdir shards
shard 20240520 1 400 400 >shards/x_0.bin
shard 20240520 1 300 300 >shards/x_1.bin
run train --data 'shards/x_*.bin' --out f --steps 3 "${tiny[@]}"
[ "$(ls f | xargs)" = 'checkpoint.safetensors config.json model.safetensors' ] || fault "shards write $(ls f)"
grep -q '"vocab_size": 50257' f/config.json && grep -q '"eos_token_id": 50256' f/config.json ||
    fault "shards: $(cat f/config.json)"
run eval --model f --data 'shards/x_*.bin'
[ "$(number tokens)" = 699 ] || fault "shards: $(cat out)"
run train --data 'shards/x_?.bin' --tokenizer "$shipped" --out f2 --steps 3 "${tiny[@]}"
same "$shipped/merges.txt" f2/merges.txt
shard 20240521 1 400 400 >magic.bin
shard 20240520 2 400 400 >version.bin
shard 20240520 1 400 399 >cut.bin
shard 20240520 1 -400 400 >negative.bin
head -c 100 shards/x_0.bin >short.bin
for name in magic version cut negative short; do
    expect 1 "$name.bin: " train --data $name.bin --out e "${tiny[@]}"
done
{ shard 20240520 1 400 0 && head -c 800 /dev/zero | tr '\0' '\377'; } >large.bin
expect 1 'large.bin: token 65535 is outside of the vocabulary of 1024' train --data large.bin \
    --tokenizer "$shipped" --out e "${tiny[@]}"
[ -e e/config.json ] && fault 'a failed training wrote a model'

# Kill -9.

stops=(--data "$page" --steps 40 "${tiny[@]}" --save-every 1 --log log.csv --plot plot.svg)
run train "${stops[@]}" --out whole
rows() { cut -d, -f1-5 log.csv; }
rows >whole.csv
mv plot.svg whole.svg
whole() { # the run that was stopped and went on left what the other one did
    same whole killed
    rows >killed.csv && same whole.csv killed.csv
    same whole.svg plot.svg
}
# goes_on: ends the training in `killed`, from its checkpoint if there is one
has_checkpoint() { [ -f killed/checkpoint.safetensors ] || [ -f killed/.tinytensor-set/checkpoint.safetensors ]; }
goes_on() {
    local resume=
    has_checkpoint && resume=--resume
    run train "${stops[@]}" --out killed $resume
    whole
}

rm -f log.csv
for delay in 0.01 0.03 0.05 0.07 0.09 0.11 0.13 0.15; do
    resume=
    has_checkpoint && resume=--resume
    "$program" train "${stops[@]}" --out killed $resume >out 2>err </dev/null &
    sleep $delay
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
done
goes_on
if traces; then # at exactly this place: while a file is written, before it is safe, before it is renamed
    for place in write:30 write:200 write:333 fsync:1 fsync:2 fsync:5 fsync:6 fsync:7 rename:1 rename:2 rename:3 \
        rename:7 rename:8 rename:50 rename:51; do
        rm -rf killed log.csv plot.svg
        strace -f -o /dev/null -e trace="${place%:*}" -e inject="${place%:*}:signal=KILL:when=${place#*:}" \
            "$program" train "${stops[@]}" --out killed >out 2>err </dev/null
        grep -q '^val loss' out && fault "$place was not reached"
        goes_on
    done 2>/dev/null
fi
# The checkpoint alone is enough, and a line that is cut off in the log is made again.
"$program" train "${stops[@]}" --out killed --overwrite --save-every 7 >out 2>err </dev/null
rm -rf killed log.csv
run train "${stops[@]}" --out killed
cp killed/checkpoint.safetensors last
rm -r killed && mkdir killed && cp last killed/checkpoint.safetensors
printf '4' >>log.csv
goes_on
# What is not ours in the folder stays; what a killed run left goes.
cp -r whole killed2 && touch killed2/model.safetensors.backup killed2/model.safetensors.part-abcdef
run train "${stops[@]}" --out killed2 --resume
[ -e killed2/model.safetensors.backup ] || fault 'a file of the user is gone'
[ -e killed2/model.safetensors.part-abcdef ] && fault 'a file of a killed run is left'

# Ctrl-C.

stops=(--data "$page" --steps 3000 "${tiny[@]}" --log log.csv --plot plot.svg --eval-every 100)
rm -rf whole killed log.csv plot.svg
run train "${stops[@]}" --out whole
rows >whole.csv
mv plot.svg whole.svg
for signal in INT TERM; do
    rm -rf log.csv plot.svg killed
    : >out # not what the run before has said
    "$program" train "${stops[@]}" --out killed >out 2>err </dev/null &
    for _ in $(seq 1000); do grep -q 'step   200' out && break || sleep 0.02; done
    kill -$signal $! 2>/dev/null
    wait $! || fault "$signal: exit $?: $(cat err)"
    grep -q '^val loss' out && continue # it was faster than this script
    step=$(sed -nE '$s/^interrupted after step ([0-9]+); continue with --resume$/\1/p' out)
    [ "${step:-0}" -ge 200 ] || fault "$signal: $(tail -1 out)"
    [ "$(tail -1 log.csv | cut -d, -f1)" = "$step" ] || fault "the log ends with $(tail -1 log.csv)"
    run generate --model killed --tokens 5
    goes_on
done
# Only what began alike may go on.
for flag in '--steps 7' '--n-head 4' '--n-layer 2' '--lr 0.01' '--seed 3' '--dropout 0.1' '--batch-size 5'; do
    # shellcheck disable=SC2086
    expect 1 "killed/checkpoint.safetensors was made with ${flag% *} " train "${stops[@]}" --out killed --resume $flag
done
same whole killed

# No numbers.

nan=(--data "$page" --steps 200 "${tiny[@]}" --lr 1000 --warmup 100 --grad-clip 0 --save-every 1)
"$program" train "${nan[@]}" --out nan >out 2>err </dev/null
complains 1 $? '; a smaller --lr may help'
read -r step kept < <(sed -nE 's/^tinytensor-gpt2: .* is (nan|infinite) at step ([0-9]+); the checkpoint of step ([0-9]+) is kept; .*/\2 \3/p' err)
[ "${step:-0}" -gt 0 ] && [ "$kept" -eq $((step - 1)) ] || fault "$(cat err)"
run eval --model nan --data "$page"
near "$(number loss)" "$(number loss)" # a number
expect 1 "at step $step; the checkpoint of step $kept is kept" train "${nan[@]}" --out nan --resume
cp -r whole nan2 # an older training is not touched
expect 1 'nothing has been saved yet' train "${nan[@]}" --lr 1e3 --warmup 3 --save-every 0 --out nan2 --overwrite
same whole nan2

# A full disk.

full=(--data "$page" --steps 40 "${tiny[@]}" --save-every 1)
cp -r whole full
(ulimit -f 16 && exec "$program" train "${full[@]}" --out full --overwrite >out 2>err </dev/null)
complains 1 $? 'full/checkpoint.safetensors: cannot write: File too large'
same whole full
run eval --model full --data "$page"
if [ -w /dev/full ]; then
    "$program" train "${full[@]}" --out full2 >/dev/full 2>err </dev/null
    complains 1 $? 'standard output: No space left on device'
    [ -s full2/model.safetensors ] || fault 'the model is lost with the output'
    expect 1 '/dev/full: cannot write: No space left on device; the checkpoint of step 1 is kept' train \
        "${full[@]}" --out full3 --log /dev/full
    run train "${full[@]}" --out full3 --resume
    same full2/model.safetensors full3/model.safetensors
fi

# Bad input: nothing in the folder is lost.

expect 1 '/no/x.svg: cannot write: No such file or directory; nothing has been saved yet' train "${full[@]}" \
    --out full --overwrite --plot /no/x.svg
expect 1 '/no/x.csv: cannot write' train "${full[@]}" --out full --overwrite --log /no/x.csv
: >empty && echo 'too short' >short
expect 1 'empty: the file is empty' train --data empty --out full --overwrite "${tiny[@]}"
expect 1 'short: 10 tokens are too few' train --data short --out full --overwrite "${tiny[@]}"
expect 1 'are too few for two parts, by --val-fraction 0' train --data "$page" --out full --overwrite "${tiny[@]}" \
    --val-fraction 0
expect 1 'nothing.txt: No such file' train --data nothing.txt --out full --overwrite "${tiny[@]}"
expect 1 'none.bin: no such file' train --data none.bin --out full --overwrite "${tiny[@]}"
expect 1 'none/vocab.json' train --data "$page" --tokenizer none --out full --overwrite "${tiny[@]}"
expect 1 '/: not a file' train --data / --out full --overwrite "${tiny[@]}"
same whole full
expect 1 'short/y' train --data "$page" --out short/y "${tiny[@]}"
expect 1 'short: Not a directory' train --data "$page" --out short "${tiny[@]}"
expect 1 'y/checkpoint.safetensors: cannot read: No such file' train --data "$page" --out y "${tiny[@]}" --resume
[ -e y ] && fault '--resume makes a folder'
mkdir y
head -c 20000 whole/checkpoint.safetensors >y/checkpoint.safetensors
expect 1 'y/checkpoint.safetensors' train "${stops[@]}" --out y --resume
cp whole/model.safetensors y/checkpoint.safetensors
expect 1 'y/checkpoint.safetensors: not a checkpoint of training' train "${stops[@]}" --out y --resume
sed 's/"m.ln_f.bias"/"m.ln_f.bios"/' whole/checkpoint.safetensors >y/checkpoint.safetensors
expect 1 'm.ln_f.bias' train "${stops[@]}" --out y --resume
sed 's/"step":"3000"/"step":"3x00"/' whole/checkpoint.safetensors >y/checkpoint.safetensors
expect 1 "'3x00' is not a step" train "${stops[@]}" --out y --resume
expect 2 '--colour: no such flag' train --colour
expect 2 '--data and --out are needed' train
expect 2 '--n-embd must be a multiple of --n-head' train --data "$page" --out y --n-head 3 --n-embd 16
expect 2 '--steps: a whole number is needed' train --steps 1.5
expect 2 '--lr: the number is out of bounds' train --lr -1
expect 2 '--beta1: the number is out of bounds' train --beta1 1
expect 2 '--seed: a value is needed' train --seed
run train --help && grep -q 'Ctrl-C saves and ends with exit code 0' out || fault "--help: $(head -3 out)"
exit $wrong
