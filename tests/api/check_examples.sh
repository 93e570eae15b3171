#!/bin/sh
# Who may include whom in examples/ (docs/gpt2.md, "The source"): a folder's own files by their bare
# names, those of the folders that are named beside it by their paths from examples/, and of the
# library what is installed. Where a compiler is given, each file compiles with nothing else in sight.
# usage: check_examples.sh PROJECT-ROOT [CC...]
cd "$1" || exit 1
shift

allowed() {
    case $1 in
    basics | common) ;;
    common/args | common/page | common/folder) echo 'common' ;;
    mlp | transformer_block) echo 'common common/args common/page' ;;
    gpt2/model | gpt2/text) echo 'common common/page common/folder' ;;
    gpt2/train) echo 'common common/page common/folder gpt2/model gpt2/text' ;;
    gpt2/command) echo 'common common/args common/page common/folder gpt2/model gpt2/text gpt2/train' ;;
    *) echo "no row for examples/$1 in check_examples.sh" >&2 ;;
    esac
}

bad=0
for file in $(find examples -name '*.[ch]' | sort); do
    folder=${file#examples/}
    folder=${folder%/*}
    for name in $(sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$file"); do
        case $name in
        */*) known=" $(allowed "$folder") " from=${name%/*} path=$name ;;
        *) known=" $folder " from=$folder path=$folder/$name ;;
        esac
        case $known in
        *" $from "*) [ -e "examples/$path" ] && continue ;;
        esac
        echo "$file includes $name, which examples/$folder must not know"
        bad=1
    done
    for name in $(sed -n 's/^ *# *include *<\(tinytensor\/[^>]*\)>.*/\1/p' "$file"); do
        [ -e "include/$name" ] && continue
        echo "$file includes $name, which is not installed"
        bad=1
    done
done

[ $# -eq 0 ] && exit $bad
headers=$(mktemp -d) || exit 1
trap 'rm -rf "$headers"' EXIT
cp -R include/tinytensor "$headers" || exit 1
# shellcheck disable=SC2046 # a list of files
"$@" -std=c11 -fsyntax-only -Iexamples -I"$headers" -DHAVE_ZLIB=0 -DHAVE_PCRE2=0 -DHAVE_JANSSON=0 \
    -DDATA_DIR='""' $(find examples -name '*.c') || bad=1
exit $bad
