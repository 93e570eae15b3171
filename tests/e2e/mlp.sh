#!/bin/bash
# tinytensor-mlp as a user runs it: what it prints, draws and saves, and its errors.
# usage: mlp.sh PROGRAM DATA-FOLDER
here=$(dirname "$(realpath "$0")") data=$(realpath "$2")/digits.csv.gz
. "$here/common.sh"
always=(--data "$data")

# The defaults learn: 0.97 and more; each epoch is a line; the last line is the accuracy.
run --seed 3 --save w.npz --plot p.svg
[ "$(head -1 out | sed -E 's/[0-9]/9/g')" = "epoch  9  train loss 9.9999  val loss 9.9999  val accuracy 9.9999" ] ||
    fault "the first line is: $(head -1 out)"
accuracy=$(sed -nE '$s/^val accuracy (0\.[0-9]{4}|1\.0000)$/\1/p' out)
awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.97) }' || fault "val accuracy $accuracy is below 0.97"

# What was saved is what is loaded: no epoch more, the same accuracy.
run --seed 3 --load w.npz --epochs 0
[ "$(tail -1 out)" = "val accuracy $accuracy" ] || fault "loaded: $(tail -1 out), not $accuracy"

# The picture is XML with two curves of loss, one of accuracy.
if command -v python3 >/dev/null; then
    python3 -c 'import sys, xml.dom.minidom as m; d = m.parse("p.svg"); sys.exit(len(d.getElementsByTagName("polyline")) + len(d.getElementsByTagName("path")) < 3)' ||
        fault "p.svg is not the picture that it should be"
fi

# The same numbers with one thread and with three.
run --epochs 3 --threads 1
cp out one
run --epochs 3 --threads 3
cmp -s one out || fault "threads change the output"

run --epochs 2 --confusion
grep -q 'rows: the truth' out || fault "no confusion matrix"
for flags in '--activation tanh' '--activation gelu' '--optimizer sgd --lr 0.02' '--hidden 8'; do
    # shellcheck disable=SC2086
    run --epochs 2 $flags
done

# Wrong input: one line, exit 1; wrong usage: exit 2.
printf '1,2,0\n3,,1\n' >missing.csv
expect 1 'missing.csv: line 2, column 2: a field is missing' --data missing.csv
expect 1 'no-such-file.csv' --data no-such-file.csv
gzip -dc "$data" | gzip | head -c 2000 >cut.csv.gz
expect 1 'cut.csv.gz' --data cut.csv.gz
: >empty.csv
expect 1 'empty.csv' --data empty.csv
mkdir idx
head -c 20 "$data" >idx/train-images-idx3-ubyte
cp idx/train-images-idx3-ubyte idx/train-labels-idx1-ubyte
expect 1 'idx/train-' --data idx
head -c 300 w.npz >cut.npz
expect 1 'cut.npz' --data "$data" --load cut.npz
expect 1 'another shape' --data "$data" --load w.npz --hidden 7
expect 2 '--bogus: no such flag' --bogus
expect 2 '--epochs: a whole number is needed' --epochs x
expect 2 '--lr: the number is out of bounds' --lr -1
expect 2 '--hidden: ' --hidden 4,,4
expect 2 '--activation: relu, tanh or gelu' --activation sine
expect 2 '--data: a value is needed' --data
"$program" --help >out || fault '--help: exit not 0'
grep -q -- '--val-fraction' out || fault '--help says nothing of --val-fraction'
mkdir folder
expect 1 "folder/train-images-idx3-ubyte.gz: No such file or directory" --data folder
exit $wrong
