#!/bin/bash
# tinytensor-gpt2 as a user runs it: generation, numbers of a model, and its errors.
# usage: gpt2.sh PROGRAM PROJECT-ROOT
. "$(dirname "$0")/gpt2_functions.sh"

# Generation.

generate() { run generate --model "$shipped" --tokens 40 "$@"; }
generate --prompt 'ROMEO:' --greedy && mv out greedy
grep -qE '^40 tokens in [0-9.]+ s: [0-9.]+ tokens/s$' err && [ "$(wc -l <err)" -eq 1 ] || fault "stderr: $(cat err)"
[ "$(head -c 6 greedy)" = 'ROMEO:' ] || fault "the prompt is not there: $(cat greedy)"
generate --prompt 'ROMEO:' --temperature 0 && same greedy out
generate --prompt 'ROMEO:' --top-k 1 --temperature 2 && same greedy out
generate --prompt 'ROMEO:' --greedy --no-cache && same greedy out
generate --prompt 'ROMEO:' --greedy --stream && same greedy out
generate --prompt 'ROMEO:' --greedy --threads 1 && same greedy out
generate --prompt 'ROMEO:' --seed 5 --top-p 0.000001 && same greedy out
generate --prompt 'ROMEO:' --greedy --repetition-penalty 5 && differ greedy out
generate --prompt 'ROMEO:' --seed 5 && mv out five
generate --prompt 'ROMEO:' --seed 5 && same five out
generate --prompt 'ROMEO:' --seed 5 --no-cache --stream && same five out
generate --prompt 'ROMEO:' --seed 6 && differ five out
generate --prompt 'ROMEO:' --num-samples 3 --seed 5 && [ "$(grep -c '^--- [123] ---$' out)" -eq 3 ] ||
    fault '--num-samples'
mv out three
generate --prompt 'ROMEO:' --num-samples 3 --seed 5 && same three out
[ "$(sed -n '/^--- 1/,/^--- 2/p' out | sed '1d;$d')" = "$(cat five && echo)" ] ||
    fault "the first sample is another: $(cat out)"
[ "$(awk '/^--- / { n++; next } { s[n] = s[n] $0 } END { print s[1] != s[2] && s[2] != s[3] }' out)" = 1 ] ||
    fault "all samples are alike: $(cat out)"
generate --prompt 'ROMEO:' --greedy --dtype f16 && same greedy out # as it is stored
for dtype in f32 bf16; do
    generate --prompt 'ROMEO:' --greedy --dtype $dtype && same <(head -c 12 greedy) <(head -c 12 out)
done
stop=$(cut -c 8- greedy | tr -d '\n' | cut -c 1-3)
generate --prompt 'ROMEO:' --greedy --stop "$stop" && grep -qF "$stop" out && fault "--stop: $(cat out)"
generate --prompt 'ROMEO:' --greedy --stop "$stop" --stream && mv out first
generate --prompt 'ROMEO:' --greedy --stop "$stop" && same first out
generate --tokens 0 --prompt x && prints x
# The special token begins a text that has no beginning; a prompt may spell it.
generate --greedy && mv out first && [ "$(wc -c <first)" -gt 20 ] || fault 'no prompt'
generate --greedy --prompt '' && same first out
generate --greedy --prompt '<|endoftext|>' && same <(cat first) <(tail -c +14 out)
# Beyond the context of 128 it slides, and a prompt may be longer.
run generate --model "$shipped" --tokens 300 --greedy --prompt 'ROMEO:' && mv out first
run generate --model "$shipped" --tokens 300 --greedy --prompt 'ROMEO:' --no-cache && same first out
[ "$(wc -c <first)" -gt 500 ] || fault "300 tokens: $(cat first)"
generate --prompt "$(head -c 3000 "$page")" --greedy && [ "$(wc -c <out)" -gt 3040 ] || fault 'a long prompt'
run generate --model "$shipped" --ids 1,2,3 --tokens 5 --greedy && [ "$(wc -w <out)" -eq 5 ] || fault "--ids: $(cat out)"

# A model of bytes that has learned letters of several bytes: whatever is shown is whole.
for _ in $(seq 60); do printf 'žluťoučký kůň 漢字 🙂 '; done >letters
run train-tokenizer --data letters --vocab-size 257 --out bytes
run train --data letters --tokenizer bytes --out many --steps 150 "${tiny[@]}" --lr 3e-2 --eval-every 1000
whole() { iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1; }
for tokens in 40 41 42 43 44 45; do
    run generate --model many --prompt '漢' --tokens $tokens --greedy && whole <out || fault "a letter is cut: $(cat out)"
done
# pieces FLAG...: every piece of what --stream writes, one after the other
pieces() {
    rm -f piece.*
    strace -s 4096 -e trace=write -e write=1 -o trace "$program" generate --model many --prompt '漢' --tokens 60 \
        --greedy --stream "$@" >out 2>err </dev/null || fault "--stream: $(cat err)"
    sed -nE 's/^write\(1, "(.*)", [0-9]+\) += [0-9]+$/\1/p' trace | while IFS= read -r piece; do
        printf %b "$piece" | whole || echo "a letter is cut: $piece"
    done >cuts
    [ "$(grep -c '^write(1' trace)" -gt 20 ] || fault "--stream does not stream: $(cat trace)"
    [ -s cuts ] && fault "$(head -3 cuts)"
}
if traces; then
    pieces
    pieces --stop 'never there'
fi
# Characters as tokens: each one is whole anyway.
run train --data letters --out chars --steps 50 "${tiny[@]}" --lr 1e-2
run generate --model chars --tokens 50 --prompt 'ž' --greedy && whole <out || fault "a character is cut: $(cat out)"
expect 1 'is not in the tokenizer' generate --model chars --prompt 'q'

# Numbers.

run eval --model "$shipped" --data "$page" && mv out first
[ "$(sed -E 's/[0-9.]+$/9/' first)" = "loss 9
perplexity 9
bits per byte 9
tokens 9" ] || fault "eval: $(cat first)"
awk '/^loss/ { l = $2 } /^perplexity/ { p = $2 } /^bits/ { b = $4 } /^tokens/ { n = $2 }
    END { q = p / exp(l) - 1; c = b * log(2) * bytes / n / l - 1
          exit !(q * q < 1e-8 && c * c < 1e-6) }' bytes="$(wc -c <"$page")" first || fault "eval: $(cat first)"
for stride in 128 500 0; do
    run eval --model "$shipped" --data "$page" --stride $stride && same first out
done
run eval --model "$shipped" --data "$page" --stride 32
awk '/^loss/ { l[n++] = $2 } /^tokens/ { t[m++] = $2 } END { exit !(l[1] < l[0] && t[0] == t[1]) }' first out ||
    fault "--stride does not help: $(cat out)"

# The loss four ways: eval, grads, and from the logits; and the likeliest next token two ways.
line='ROMEO: O, she doth teach'
printf %s "$line" >line
ids=$("$program" tokenize --model "$shipped" "$line")
n=$(echo "$ids" | wc -w)
list=${ids// /,}
run eval --model "$shipped" --data line --dtype f32 && loss=$(number loss)
run grads --model "$shipped" --ids "${list%,*}" --targets "${list#*,}" --out 1.safetensors
near "$(number loss)" "$loss"
run grads --model "$shipped" --ids "$list" --targets "${list#*,},-100" --out 2.safetensors
near "$(number loss)" "$loss"
run logits --model "$shipped" --prompt "$line" --out 1.npy --dtype f32
run logits --model "$shipped" --ids "$list" --out 2.npy --dtype f32
same 1.npy 2.npy
head -c 128 1.npy | grep -aq "'descr': '<f4', 'fortran_order': False, 'shape': ($n, 1024)" ||
    fault "logits: $(head -c 128 1.npy | tr -cd ' -~')"
[ "$(wc -c <1.npy)" -eq $((128 + n * 4096)) ] || fault "logits: $(wc -c <1.npy) bytes"
if [ "$(printf '\1\0\0\0' | od -An -td4 | xargs)" = 1 ]; then
    tail -c +129 1.npy | od -An -v -tf4 -w4096 >logits.txt
    near "$(awk -v ids="$ids" 'BEGIN { n = split(ids, id) }
        NR < n { top = $1; for (i = 1; i <= NF; i++) top = $i > top ? $i : top
                 sum = 0; for (i = 1; i <= NF; i++) sum += exp($i - top)
                 loss += top + log(sum) - $(id[NR + 1] + 1) }
        END { print loss / (n - 1) }' logits.txt)" "$loss" 1e-4
    best=$(tail -1 logits.txt | awk '{ b = 1; for (i = 1; i <= NF; i++) b = $i > $b ? i : b; print b - 1 }')
    run generate --model "$shipped" --ids "$list" --tokens 1 --greedy --dtype f32 && prints "$best"
fi
for name in '"wte.weight":{"dtype":"F32","shape":\[1024,192\]' '"h.3.attn.c_attn.weight":{"dtype":"F32","shape":\[192,576\]' \
    '"ln_f.bias":{"dtype":"F32","shape":\[192\]'; do
    head -c 8000 1.safetensors | grep -aq "$name" || fault "grads: no $name"
done
run info --model "$shipped" && mv out first
grep -qx 'layers 4, heads 6, channels 192, context 128, vocabulary 1024' first &&
    grep -qE '^parameters +2001024$' first && grep -qE '^memory to generate +[0-9.]+ MB' first &&
    grep -qE '^memory to train +[0-9.]+ MB' first || fault "info: $(cat first)"
awk '/^parameters/ { all = $2 } /^  / { sum += $NF } END { exit all != sum }' first || fault "the parts are not the whole: $(cat first)"
run convert --model "$shipped" --out h --dtype f32
run convert --model h --out i --dtype f16
same "$shipped/model.safetensors" i/model.safetensors

"$program" tokenize --model "$shipped" --file "$page" >page.ids || fault 'tokenize'
"$program" detokenize --model "$shipped" --file page.ids | cmp -s - "$page" || fault 'detokenize'
run tokenize --model "$shipped" '<|endoftext|>' && prints 1023
run tokenize --model "$shipped" --no-special '<|endoftext|>' && [ "$(wc -w <out)" -gt 1 ] || fault '--no-special'

# Nothing that is printed is lost without a word.
if [ -w /dev/full ]; then
    for command in "eval --data $text" 'generate --tokens 3' info "grads --ids 1,2 --targets 2,3 --out g"; do
        # shellcheck disable=SC2086
        "$program" $command --model "$shipped" >/dev/full 2>err </dev/null
        ended=$?
        sed -i '/tokens\/s$/d' err
        complains 1 $ended 'standard output: No space left on device'
    done
fi
(ulimit -f 0 && exec "$program" logits --model "$shipped" --ids 1 --out full.npy 2>&1) </dev/null | cat >err
complains 1 "${PIPESTATUS[0]}" 'full.npy: cannot write: File too large'
[ "$(ls full.npy* 2>/dev/null)" = '' ] || fault "files are left: $(ls full.npy*)"

# Bad input.

expect 1 'none/config.json: No such file' generate --model none --prompt x
expect 1 './config.json' generate --model . --prompt x
broken() { rm -rf x && cp -r "$shipped" x && chmod -R u+w x; }
# config SED-COMMAND TEXT: with a config.json so changed, this is the error
config() {
    broken && sed -i "$1" x/config.json
    expect 1 "$2" info --model x
}
config '1s/^/{"n_layer": /' 'x/config.json: line '
config 's/"n_layer": 4/"n_layer": "4"/' 'x/config.json: n_layer is not a whole number'
config 's/"n_layer": 4/"n_layer": -4/' 'x/config.json: n_layer is -4'
config 's/"n_head": 6/"n_head": 5/' 'x/config.json: n_embd, 192, is not a multiple of n_head, 5'
config 's/gelu_new/relu/' "x/config.json: activation_function is 'relu'"
config 's/"gpt2"/"bert"/' "x/config.json: model_type is 'bert', not 'gpt2'"
config 's/"n_ctx": 128/"n_ctx": 64/' 'x/config.json: n_positions is 128, but n_ctx is 64'
config 's/"vocab_size": 1024/"vocab_size": 1000/' "'wte.weight' has 2 axes of 1024, 192, where config.json asks for 2 of 1000, 192"
config 's/"tie_word_embeddings": true/"tie_word_embeddings": false/' 'does not fit config.json: missing: lm_head.weight'
config 's/"n_layer": 4/"n_layer": 5/' 'x/model.safetensors does not fit config.json: missing: h.4.ln_1.weight, h.4.ln_1.bias'
config 's/"n_layer": 4/"n_layer": 1/' 'x/model.safetensors does not fit config.json: unknown: h.1.* (12), h.2.* (12), h.3.* (12)'
config 's/"n_layer": 4/"n_layer": 2000/' ' more'
broken && : >x/config.json
expect 1 'x/config.json' info --model x
broken && rm x/config.json && mkdir x/config.json
expect 1 'x/config.json: not a file' info --model x
# weights SED-COMMAND TEXT: with a model.safetensors so changed
weights() {
    broken && LC_ALL=C sed -i "$1" x/model.safetensors
    expect 1 "$2" info --model x
    grep -qF x/model.safetensors err || fault "no file is named: $(cat err)"
}
weights 's/"ln_f.weight"/"ln_g.weight"/' 'missing: ln_f.weight; unknown: ln_g.weight'
weights 's/"ln_f.weight"/"ln_f.bias\\n"/' 'missing: ln_f.weight; unknown: ln_f.bias?'
weights 's/"ln_f.weight"/"transformer.wpe.weight"/' 'x/model.safetensors' # the header is longer now
weights 's/\("ln_f.bias":{"dtype":"\)F32/\1I32/' "'ln_f.bias'"
weights 's/\("ln_f.bias":{"dtype":"F32","shape":\[\)192/\1191/' "ln_f.bias"
weights 's/\("ln_f.bias":{[^}]*"data_offsets":\[\)[0-9]/\19/' "ln_f.bias"
broken && head -c 1000000 "$shipped/model.safetensors" >x/model.safetensors
expect 1 'x/model.safetensors' generate --model x --prompt x
for length in '\xff\xff\xff\xff\0\0\0\0' '\xff\xff\xff\xff\xff\xff\xff\xff' '\1\0\0\0\0\0\0\0' '\0\0\0\0\0\0\0\0'; do
    broken && { printf %b "$length" && tail -c +9 "$shipped/model.safetensors"; } >x/model.safetensors
    expect 1 'x/model.safetensors' generate --model x --prompt x
done
broken && : >x/model.safetensors
expect 1 'x/model.safetensors' info --model x
broken && rm x/model.safetensors
expect 1 'x/model.safetensors: cannot read: No such file' info --model x
mkdir x/model.safetensors
expect 1 'x/model.safetensors: cannot read: Is a directory' info --model x
rmdir x/model.safetensors && mkfifo x/model.safetensors # nobody is waited for
expect 1 'x/model.safetensors: cannot read' info --model x
# Weights that are no numbers: nothing is chosen among logits that are none. The first tensor is of float32.
broken && printf '\0\0\xc0\x7f' | dd of=x/model.safetensors bs=1 conv=notrunc \
    seek=$((8 + $(od -An -tu8 -N8 x/model.safetensors))) 2>/dev/null
expect 1 'after 1 tokens the logit of token 0 is nan' generate --model x --ids 1
expect 1 'after 2 tokens the logit of token 0 is nan' generate --model x --ids 1,2 --greedy --stream
for f in vocab.json merges.txt; do
    broken && rm x/$f
    expect 1 "x/$f: No such file" generate --model x --prompt x
    run generate --model x --ids 1 --tokens 2
done
broken && echo 'zzzz qqqq' >>x/merges.txt
expect 1 'x/merges.txt' generate --model x --prompt x
broken && echo '{"a": ' >x/vocab.json
expect 1 'x/vocab.json' tokenize --model x y
expect 1 'token id 1024 is outside of the vocabulary of 1024' generate --model "$shipped" --ids 1024
expect 1 'outside of the vocabulary of 1024' logits --model "$shipped" --ids 5,1024 --out y.npy
expect 1 'outside of the vocabulary of 1024' grads --model "$shipped" --ids 5,1024 --targets 1,2 --out y
expect 1 'is not a list of ids' generate --model "$shipped" --ids 1,x
expect 1 'is not a list of ids' generate --model "$shipped" --ids -1
expect 1 'the prompt is empty' logits --model "$shipped" --ids '' --out y.npy
expect 1 'the prompt of 129 tokens is longer than the context of 128' logits --model "$shipped" \
    --ids "$(seq -s, 1 129)" --out y.npy
expect 1 '3 ids, but 2 targets' grads --model "$shipped" --ids 1,2,3 --targets 2,3 --out y
expect 1 '1024' grads --model "$shipped" --ids 1,2 --targets 2,1024 --out y
expect 1 '-5' grads --model "$shipped" --ids 1,2 --targets 2,-5 --out y
expect 1 'every target is -100' grads --model "$shipped" --ids 1,2 --targets -100,-100 --out y
expect 1 '2000' detokenize --model "$shipped" 2000
[ -e y ] || [ -e y.npy ] && fault 'a failed command wrote its file'
: >empty && printf x >one
expect 1 'empty: two tokens at least' eval --model "$shipped" --data empty
expect 1 'one: two tokens at least' eval --model "$shipped" --data one
mkfifo pipe && expect 1 'pipe: not a file' eval --model "$shipped" --data pipe # and does not wait
expect 1 'nothing: No such file' eval --model "$shipped" --data nothing
expect 1 'empty: the file is empty' train-tokenizer --data empty --out y
expect 1 '/no/x.npy: cannot write' logits --model "$shipped" --ids 1 --out /no/x.npy
expect 1 '/no/x: cannot write' grads --model "$shipped" --ids 1 --targets 1 --out /no/x
expect 1 '/no/x: No such file' convert --model "$shipped" --out /no/x --dtype f32
expect 2 '--prompt and --ids exclude each other' generate --model "$shipped" --prompt x --ids 1
expect 2 '--dtype: f32, bf16 or f16' generate --model "$shipped" --dtype f8
TT_DATA_DIR=nowhere expect 2 '--model is needed' generate --prompt x # whatever is installed
expect 2 '--data is needed' eval --model "$shipped"
expect 2 '--top-p: the number is out of bounds' generate --top-p 1.5
expect 2 '--tokens: a whole number is needed' generate --tokens many
expect 2 "no command 'sing'" sing
for c in train generate eval logits grads info convert tokenize detokenize train-tokenizer; do
    run $c --help && grep -q "^usage: tinytensor-gpt2 $c" out || fault "$c --help: $(head -1 out)"
    expect 2 '--loud: no such flag' $c --loud
done
run --help
exit $wrong
