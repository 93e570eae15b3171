#!/bin/bash
# tinytensor-gpt2 as a user runs it: training that survives whatever stops it, generation, numbers of
# a model, and its errors. usage: gpt2.sh PROGRAM PROJECT-ROOT
here=$(dirname "$(realpath "$0")") root=$(realpath "$2")
text=$root/COPYING page=$root/docs/architecture.md shipped=$root/examples/models/shakespeare
. "$here/common.sh"

# same A B: two files are equal
same() { cmp -s "$1" "$2" || fault "$1 and $2 differ"; }
differ() { cmp -s "$1" "$2" && fault "$1 and $2 do not differ"; }
# prints TEXT: what the last run printed
prints() { [ "$(cat out)" = "$1" ] || fault "'$(cat out)', not '$1'"; }

tiny=(--n-layer 1 --n-head 2 --n-embd 16 --block-size 16 --batch-size 4 --warmup 5 --eval-iters 2
    --eval-every 10 --threads 1)

# ---- training ----

run train --data "$page" --out a --steps 30 "${tiny[@]}" --log a.csv --plot a.svg --save-every 10
[ "$(sed -E 's/[0-9]+\.[0-9]{4}/9.9999/g' out)" = "step     0  train loss 9.9999  val loss 9.9999
step    10  train loss 9.9999  val loss 9.9999
step    20  train loss 9.9999  val loss 9.9999
step    30  train loss 9.9999  val loss 9.9999
val loss 9.9999" ] || fault "train prints: $(cat out)"
for f in config.json model.safetensors checkpoint.safetensors vocab.json; do
    [ -s a/$f ] || fault "train does not write $f"
done
ls a | grep -qE 'tmp|part|~' && fault "files are left: $(ls a)"
grep -q '</svg>' a.svg || fault "the drawing is cut off"
[ "$(head -1 a.csv)" = "step,train_loss,val_loss,learning_rate,gradient_norm,tokens_per_second" ] ||
    fault "the log begins with $(head -1 a.csv)"
[ "$(tail -n +2 a.csv | cut -d, -f1 | tr '\n' ' ')" = "$(seq 1 30 | tr '\n' ' ')" ] ||
    fault "the log's steps are $(cut -d, -f1 a.csv)"
awk '$2 == "train" && $1 == "step" { v[n++] = $0 } /^val loss/ { last = $3 } /^step +0/ { first = $8 }
    END { exit !(last < first) }' out || fault "nothing was learned: $(cat out)"

# The same seed is the same model; another is another; threads change nothing, neither does --recompute.
train_b() { rm -rf b && run train --data "$page" --out b --steps 10 "${tiny[@]}" "$@"; }
train_b && mv b one
train_b --threads 2 && same one/model.safetensors b/model.safetensors
train_b --recompute && same one/model.safetensors b/model.safetensors
train_b --seed 2 && differ one/model.safetensors b/model.safetensors
train_b --dropout 0.5 && differ one/model.safetensors b/model.safetensors
mv b two
train_b --dropout 0.5 && same two/model.safetensors b/model.safetensors
train_b --grad-accum 2 --batch-size 2 && tail -1 out | grep -q '^val loss' || fault "--grad-accum"

# ---- whatever stops it ----

steps=(--steps 60 "${tiny[@]}" --save-every 1 --log log.csv)
run train --data "$page" --out whole "${steps[@]}"
mv log.csv whole.csv
strip_rate() { cut -d, -f1-5 "$1"; }
for delay in 0.01 0.05 0.1 0.15 0.2 0.25 0.3; do # kill -9 at many moments, also while it saves
    "$program" train --data "$page" --out killed "${steps[@]}" $resume >out 2>err </dev/null &
    sleep $delay
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    resume=
    [ -f killed/checkpoint.safetensors ] && resume=--resume
done
run train --data "$page" --out killed "${steps[@]}" $resume
same whole/model.safetensors killed/model.safetensors
same whole/checkpoint.safetensors killed/checkpoint.safetensors
strip_rate whole.csv >1 && strip_rate log.csv >2 && same 1 2

"$program" train --data "$page" --out stopped --steps 100000 "${tiny[@]}" >out 2>err </dev/null &
for _ in $(seq 100); do grep -q 'step    10' out && break || sleep 0.05; done
kill -INT $!
wait $! || fault "Ctrl-C: exit $?: $(cat err)"
grep -q '^interrupted after step [0-9]*; continue with --resume$' out || fault "Ctrl-C: $(cat out)"
step=$(sed -nE 's/^interrupted after step ([0-9]+);.*/\1/p' out)
[ -s stopped/model.safetensors ] || fault 'Ctrl-C saved nothing'
expect 1 'was made with --steps 100000, this run has --steps 7' train --data "$page" --out stopped \
    --steps 7 "${tiny[@]}" --resume
[ "${step:-0}" -ge 10 ] || fault "interrupted after step $step"

# A loss that is not a number: which step, and the last good checkpoint is kept.
rm -rf log.csv nan
"$program" train --data "$page" --out nan --steps 200 "${tiny[@]}" --lr 1000 --warmup 100 --grad-clip 0 \
    --save-every 5 >out 2>err </dev/null && fault "no failure: $(tail -1 out)"
grep -qE '^tinytensor-gpt2: the loss is -?(nan|inf) at step [0-9]+; the last checkpoint' err ||
    fault "NaN: $(cat err)"
run eval --model nan --data "$page"

# A full disk: the old checkpoint stays whole, and nothing else is left.
cp -r whole full && cp full/checkpoint.safetensors before
(
    trap '' XFSZ
    ulimit -f 16
    exec "$program" train --data "$page" --out full "${steps[@]:0:1}" 60 "${tiny[@]}" --save-every 1
) >out 2>err </dev/null && fault "no failure on a full disk"
[ "$(wc -l <err)" -eq 1 ] && grep -q '^tinytensor-gpt2: .*safetensors' err || fault "full disk: $(cat err)"
same before full/checkpoint.safetensors
[ "$(ls full)" = "$(ls whole)" ] || fault "files are left: $(ls full)"

# ---- tokenizers, shards, further training ----

run train-tokenizer --data "$page" --vocab-size 300 --out words
run train --data "$page" --tokenizer words --out c --steps 10 "${tiny[@]}"
grep -q '"eos_token_id": 299' c/config.json || fault "no special token in $(cat c/config.json)"
run train --data "$text" --init-from c --out d --steps 5 "${tiny[@]}"
same c/merges.txt d/merges.txt
differ c/model.safetensors d/model.safetensors
expect 1 'has a vocabulary of 300, the data needs' train --data "$page" --init-from c --tokenizer "$shipped" \
    --out e --steps 1 "${tiny[@]}"
expect 1 '--block-size 17 is more than the 16 positions' train --data "$page" --init-from c --out e \
    "${tiny[@]}" --block-size 17

# word N: as an int32
word() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 24 & 255)))"; }
# shard MAGIC VERSION TOKENS REALLY: a token file as llm.c writes it
shard() {
    word "$1" && word "$2" && word "$3" && head -c $((253 * 4)) /dev/zero
    for ((i = 0; i < $4; i++)); do printf "\\x$(printf %02x $((i * 7 % 50)))\\x00"; done
}
mkdir shards
shard 20240520 1 400 400 >shards/x_0.bin
shard 20240520 1 300 300 >shards/x_1.bin
run train --data 'shards/x_*.bin' --out f --steps 3 "${tiny[@]}"
grep -q '"vocab_size": 50257' f/config.json || fault "shards: $(cat f/config.json)"
run eval --model f --data 'shards/x_*.bin'
grep -q '^tokens 699$' out || fault "shards: $(cat out)"
shard 20240521 1 400 400 >magic.bin
shard 20240520 2 400 400 >version.bin
shard 20240520 1 400 399 >cut.bin
head -c 100 shards/x_0.bin >short.bin
for name in magic version cut short; do
    expect 1 "$name.bin: " train --data $name.bin --out e "${tiny[@]}"
done

# ---- generation ----

generate() { run generate --model "$shipped" --tokens 40 "$@"; }
generate --prompt 'ROMEO:' --greedy && mv out greedy
generate --prompt 'ROMEO:' --temperature 0 && same greedy out
generate --prompt 'ROMEO:' --top-k 1 --temperature 2 && same greedy out
generate --prompt 'ROMEO:' --greedy --no-cache && same greedy out
generate --prompt 'ROMEO:' --greedy --stream && same greedy out
generate --prompt 'ROMEO:' --greedy --threads 1 && same greedy out
grep -qE '^40 tokens in [0-9.]+ s: [0-9.]+ tokens/s$' err || fault "stderr: $(cat err)"
generate --prompt 'ROMEO:' --seed 5 && mv out five
generate --prompt 'ROMEO:' --seed 5 && same five out
generate --prompt 'ROMEO:' --seed 6 && differ five out
generate --prompt 'ROMEO:' --num-samples 3 && [ "$(grep -c '^--- [123] ---$' out)" -eq 3 ] || fault '--num-samples'
generate --prompt 'ROMEO:' --seed 5 --top-p 0.000001 && same greedy out
generate --prompt 'ROMEO:' --greedy --repetition-penalty 5 && differ greedy out
generate --prompt 'ROMEO:' --greedy --dtype f16 && same greedy out # as it is stored
generate --prompt 'ROMEO:' --greedy --dtype f32 && head -c 12 out | grep -q ROMEO || fault '--dtype f32'
generate --prompt 'ROMEO:' --greedy --dtype bf16 && head -c 12 out | grep -q ROMEO || fault '--dtype bf16'
stop=$(cut -c 8- greedy | tr -d '\n' | cut -c 1-3)
generate --prompt 'ROMEO:' --greedy --stop "$stop" && grep -qF "$stop" out && fault "--stop: $(cat out)"
generate --prompt '' && generate && [ "$(wc -c <out)" -gt 20 ] || fault 'no prompt'
# Beyond the context of 128 it slides, and a prompt may be longer.
run generate --model "$shipped" --tokens 200 --greedy --prompt 'ROMEO:' && mv out 1
run generate --model "$shipped" --tokens 200 --greedy --prompt 'ROMEO:' --no-cache && same 1 out
generate --prompt "$(head -c 3000 "$page")" --greedy
run generate --model "$shipped" --ids 1,2,3 --tokens 5 --greedy
[ "$(wc -w <out)" -eq 5 ] || fault "--ids: $(cat out)"

# Letters of several bytes are never cut: every piece that --stream writes is whole.
for i in $(seq 60); do printf 'žluťoučký kůň 漢字 🙂 '; done >letters
run train-tokenizer --data letters --vocab-size 260 --out bytes
run train --data letters --tokenizer bytes --out g --steps 60 "${tiny[@]}" --lr 1e-2
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    strace -e trace=write -e write=1 -o trace "$program" generate --model g --prompt 'ž' --tokens 60 --stream \
        >out 2>err </dev/null
    sed -nE 's/^write\(1, "(.*)", [0-9]+\) += [0-9]+$/\1/p' trace | while IFS= read -r piece; do
        printf "%b" "$piece" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1 || echo cut
    done | grep -q cut && [ "$(iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1 && echo whole)" = whole ] &&
        fault '--stream cuts a letter'
fi

# ---- numbers ----

run eval --model "$shipped" --data "$page" && mv out 1
[ "$(sed -E 's/[0-9.]+$/9/' 1)" = "loss 9
perplexity 9
bits per byte 9
tokens 9" ] || fault "eval: $(cat 1)"
awk '/^loss/ { l = $2 } /^perplexity/ { p = $2 } /^bits/ { b = $4 } /^tokens/ { n = $2 }
    END { q = p / exp(l) - 1; c = b * log(2) * bytes / n / l - 1
          exit !(q * q < 1e-8 && c * c < 1e-6) }' bytes="$(wc -c <"$page")" 1 || fault "eval: $(cat 1)"
run eval --model "$shipped" --data "$page" --stride 128 && same 1 out
run eval --model "$shipped" --data "$page" --stride 32
awk '/^loss/ { l[n++] = $2 } END { exit !(l[1] < l[0]) }' 1 out || fault "--stride does not help: $(cat out)"

ids=$("$program" tokenize --model "$shipped" 'ROMEO: O')
run logits --model "$shipped" --prompt 'ROMEO: O' --out 1.npy
run logits --model "$shipped" --ids "${ids// /,}" --out 2.npy
same 1.npy 2.npy
head -c 128 1.npy | grep -q "'descr': '<f4', 'fortran_order': False, 'shape': ($(echo "$ids" | wc -w), 1024)" ||
    fault "logits: $(head -c 128 1.npy | strings)"
run grads --model "$shipped" --ids 1,2,3 --targets 2,3,4 --out 1.safetensors && grep -qE '^loss [0-9.]+$' out ||
    fault "grads: $(cat out)"
head -c 200 1.safetensors | grep -q '"wte.weight":{"dtype":"F32","shape":\[1024,192\]' || fault 'grads: the header'
run info --model "$shipped" && grep -q '^layers 4, heads 6, channels 192, context 128, vocabulary 1024$' out &&
    grep -qE '^parameters +2001024$' out || fault "info: $(cat out)"
run convert --model "$shipped" --out h --dtype f32
run convert --model h --out i --dtype f16
same "$shipped/model.safetensors" i/model.safetensors

# ---- bad input ----

expect 1 'none' generate --model none --prompt x
expect 1 'config.json' generate --model . --prompt x
broken() { rm -rf x && cp -r "$shipped" x && chmod -R u+w x; }
broken && echo '{"n_layer": ' >x/config.json
expect 1 'x/config.json' generate --model x --prompt x
broken && sed -i 's/"n_layer": 4/"n_layer": 3/' x/config.json
expect 1 'unknown: h.3.' generate --model x --prompt x
broken && sed -i 's/"n_layer": 4/"n_layer": 5/' x/config.json
expect 1 'missing: h.4.ln_1.weight, h.4.ln_1.bias' generate --model x --prompt x
broken && sed -i 's/"vocab_size": 1024/"vocab_size": 1000/' x/config.json
expect 1 "'wte.weight' has 2 axes of 1024, 192" generate --model x --prompt x
broken && sed -i 's/"n_head": 6/"n_head": 5/' x/config.json
expect 1 'x/config.json' generate --model x --prompt x
broken && head -c 1000000 "$shipped/model.safetensors" >x/model.safetensors
expect 1 'x/model.safetensors' generate --model x --prompt x
broken && { printf '\xff\xff\xff\xff\0\0\0\0' && tail -c +9 "$shipped/model.safetensors"; } >x/model.safetensors
expect 1 'x/model.safetensors' generate --model x --prompt x
broken && sed -i 's/"ln_f.weight"/"ln_g.weight"/' x/model.safetensors
expect 1 'missing: ln_f.weight; unknown: ln_g.weight' generate --model x --prompt x
broken && rm x/model.safetensors
expect 1 'x/model.safetensors' generate --model x --prompt x
for f in vocab.json merges.txt; do
    broken && rm x/$f
    expect 1 "x/$f" generate --model x --prompt x
    run generate --model x --ids 1 --tokens 2
done
broken && echo 'zzzz qqqq' >>x/merges.txt
expect 1 'x/merges.txt' generate --model x --prompt x
expect 1 'token id 1024 is outside of the vocabulary of 1024' generate --model "$shipped" --ids 1024
expect 1 'outside of the vocabulary of 1024' logits --model "$shipped" --ids 5,1024 --out y.npy
expect 1 'is not a list of ids' generate --model "$shipped" --ids 1,x
expect 1 'longer than the context of 128' logits --model "$shipped" --ids "$(seq -s, 1 129)" --out y.npy
expect 1 '3 ids, but 2 targets' grads --model "$shipped" --ids 1,2,3 --targets 2,3 --out y
expect 1 '1024' grads --model "$shipped" --ids 1,2 --targets 2,1024 --out y
expect 1 '2000' detokenize --model "$shipped" 2000
[ -e y ] || [ -e y.npy ] && fault 'a failed command wrote its file'
: >empty && echo 'too short' >short
expect 1 'empty: the file is empty' train --data empty --out y "${tiny[@]}"
expect 1 'short: 10 tokens are too few' train --data short --out y "${tiny[@]}"
expect 1 'nothing.txt' train --data nothing.txt --out y "${tiny[@]}"
expect 1 'none.bin' train --data none.bin --out y "${tiny[@]}"
expect 1 'short/y' train --data "$page" --out short/y "${tiny[@]}"
expect 1 'checkpoint.safetensors' train --data "$page" --out y "${tiny[@]}" --resume
expect 1 'two tokens at least' eval --model "$shipped" --data empty
expect 1 '/no/x.npy' logits --model "$shipped" --ids 1 --out /no/x.npy
expect 2 '--colour: no such flag' train --colour
expect 2 '--data and --out are needed' train
expect 2 '--n-embd must be a multiple of --n-head' train --data "$page" --out y --n-head 3 --n-embd 16
expect 2 '--steps: a whole number is needed' train --steps 1.5
expect 2 '--lr: the number is out of bounds' train --lr -1
expect 2 '--seed: a value is needed' train --seed
expect 2 '--prompt and --ids exclude each other' generate --model "$shipped" --prompt x --ids 1
expect 2 '--dtype: f32, bf16 or f16' generate --model "$shipped" --dtype f8
expect 2 "no command 'sing'" sing
for c in train generate eval logits grads info convert tokenize detokenize train-tokenizer; do
    run $c --help && grep -q "^usage: tinytensor-gpt2 $c" out || fault "$c --help: $(head -1 out)"
done
run --help
exit $wrong
