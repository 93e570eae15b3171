#!/bin/sh
# What is installed is hardened as meson.build asks: full RELRO with all symbols bound at the start,
# no stack that runs code, programs that are loaded anywhere, stack protectors, functions of libc that
# know the sizes of their buffers, and stacks that are probed page by page.
# usage: check_hardening.sh BUILD-FOLDER fortified|plain FLAG...   (exit 77 where there is no readelf)
build=$1
fortified=$2
shift 2 # what is left are the flags that the compiler knows
command -v readelf >/dev/null || exit 77
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
meson install -C "$build" --no-rebuild --destdir "$work" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
bad=0

fault() {
    echo "$file: $*"
    bad=1
}

checked=0
for file in $(find "$work" -type f \( -name 'libtinytensor.so*' -o -path '*/bin/*' \)); do
    readelf -h "$file" >"$work/head" 2>/dev/null && grep -q 'ELF' "$work/head" || continue
    checked=$((checked + 1))
    readelf -dW "$file" >"$work/dynamic"
    readelf -lW "$file" >"$work/segments"
    readelf -sW --dyn-syms "$file" | awk '$7 == "UND" { sub(/@.*/, "", $8); print $8 }' >"$work/wanted"
    grep -q 'GNU_RELRO' "$work/segments" || fault 'no RELRO'
    grep -qE 'BIND_NOW|Flags:.*NOW' "$work/dynamic" || fault 'symbols are not bound at the start'
    grep 'GNU_STACK' "$work/segments" | grep -q 'E' && fault 'the stack may run code'
    grep -q 'TEXTREL' "$work/dynamic" && fault 'code is changed when it is loaded'
    grep -q 'Type: *DYN' "$work/head" || fault 'not loadable at any address'
    grep -q '^__stack_chk_fail$' "$work/wanted" || fault 'no stack protectors'
    if [ "$fortified" = fortified ]; then
        grep -q '_chk$' "$work/wanted" || fault 'nothing is fortified'
    fi
    case $file in # under /usr there is no path, elsewhere one from the file itself
    */bin/*) sed -n 's/.*R\(UN\)\{0,1\}PATH.*\[\(.*\)\]/\2/p' "$work/dynamic" | grep -v '^\$ORIGIN/' &&
        fault 'the path to the library is not from the program itself' ;;
    esac
done
[ $checked -ge 1 ] || { echo 'nothing to look at was installed'; exit 1; }

# Each file of the library and of the programs, as it was compiled.
python3 - "$build/compile_commands.json" "$@" <<'EOF' || bad=1
import json
import sys

wanted, bad = set(sys.argv[2:]), 0
for row in json.load(open(sys.argv[1])):
    if "/lib/" not in row["file"] and "/examples/" not in row["file"]:
        continue
    missing = wanted - set(row["command"].split())
    if missing:
        print(row["file"], "is compiled without", *sorted(missing))
        bad = 1
sys.exit(bad)
EOF
exit $bad
