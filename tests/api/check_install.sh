#!/bin/sh
# A program outside of the project builds and runs against the library: installed, with the shared
# and the static library and under AddressSanitizer, by pkg-config and by CMake; moved to another
# place; and with the library as a Meson subproject.
# usage: check_install.sh PROJECT-ROOT BUILD-FOLDER
root=$1
build=$2
app=$root/tests/api/installed.c
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

step() {
    title=$1
    shift
    if ! "$@" >"$work/log" 2>&1; then
        echo "$title: $*"
        cat "$work/log"
        bad=1
        return 1
    fi
}

fault() {
    echo "$*"
    bad=1
}

step install meson install -C "$build" --no-rebuild --destdir "$work/root" || exit 1
pc=$(find "$work/root" -name tinytensor.pc)
[ -n "$pc" ] || { echo "no tinytensor.pc was installed"; exit 1; }
prefix=$(meson introspect "$build" --buildoptions |
    python3 -c 'import json, sys; print(*(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
export PKG_CONFIG_PATH="${pc%/*}"
# What is under /usr names its place, and is not meant to move.
flags() {
    case $prefix in
    /usr) pkg-config --define-variable=prefix="$work/root$prefix" "$@" tinytensor ;;
    *) pkg-config "$@" tinytensor ;;
    esac
}

# shellcheck disable=SC2046 # lists of flags
uses() {
    libdir=$(flags --variable=libdir)
    step "$1 shared" cc -std=c11 -Wall -Wextra -Werror "$app" $(flags --cflags --libs) -lm -o "$work/shared" &&
        step "$1 shared runs" env LD_LIBRARY_PATH="$libdir" "$work/shared"
    step "$1 static" cc -std=c11 "$app" $(flags --cflags) "$libdir/libtinytensor.a" \
        $(flags --static --libs | sed 's/-ltinytensor//g') -lm -o "$work/static" &&
        step "$1 static runs" "$work/static"
}
uses installed

# Each of the basics compiles by the line that its page names (with the folder of the library, which
# is not installed where the loader looks).
basics=$(find "$work/root" -path '*/basics/*.c')
[ -n "$basics" ] || { echo "no basics were installed"; bad=1; }
for source in $basics; do
    # shellcheck disable=SC2046 # lists of flags
    step basics cc "$source" $(flags --cflags --libs) -o "$work/basics" &&
        (cd "$work" && LD_LIBRARY_PATH="$libdir" ./basics >printed 2>&1) ||
        { echo "$source:"; cat "$work/printed"; bad=1; }
done

# shellcheck disable=SC2046
step sanitized cc -std=c11 -g -fsanitize=address "$app" $(flags --cflags --libs) -lm -o "$work/asan" &&
    step 'sanitized runs' env LD_LIBRARY_PATH="$libdir" \
        LSAN_OPTIONS=suppressions="$root/tests/lsan.supp" "$work/asan"

# A program gets the library's include folder and library, and nothing of BLAS.
[ "$(flags --cflags | wc -w)" -le 1 ] || fault "--cflags says more than one folder: $(flags --cflags)"
case " $(flags --libs) " in
*-lopenblas* | *blas*) fault "--libs names BLAS: $(flags --libs)" ;;
esac

with_cmake() {
    mkdir -p "$work/project"
    cp "$app" "$root/tests/api/cmake/CMakeLists.txt" "$work/project"
    rm -rf "$work/cmade"
    step "$1 cmake" cmake -S "$work/project" -B "$work/cmade" -DCMAKE_PREFIX_PATH="$work/$2$prefix" &&
        step "$1 cmake builds" cmake --build "$work/cmade" &&
        step "$1 cmake runs" "$work/cmade/installed" &&
        step "$1 cmake runs, static" "$work/cmade/installed_static"
}
if command -v cmake >/dev/null; then
    with_cmake installed root
fi

# Moved as a whole, it works from where it is: pkg-config, CMake, and the programs.
if [ "$prefix" != /usr ]; then
    mv "$work/root" "$work/elsewhere"
    PKG_CONFIG_PATH=$(dirname "$(find "$work/elsewhere" -name tinytensor.pc)")
    uses moved
    if command -v cmake >/dev/null; then
        with_cmake moved elsewhere
    fi
    for program in "$work/elsewhere$prefix"/bin/tinytensor-*; do
        [ -e "$program" ] || continue
        step 'moved program runs' "$program" --help
        taken=$(ldd "$program" | sed -n 's/.*libtinytensor[^ ]* => \([^ ]*\).*/\1/p')
        case $(realpath "$taken") in
        "$(realpath "$work/elsewhere")"/*) ;;
        *) fault "$program takes ${taken:-no library}" ;;
        esac
    done
fi
unset PKG_CONFIG_PATH

mkdir -p "$work/other/subprojects"
cp "$app" "$work/other/app.c"
ln -s "$root" "$work/other/subprojects/libtinytensor"
cat >"$work/other/meson.build" <<'EOF'
project('other', 'c', default_options: ['c_std=c11', 'buildtype=plain'])
tinytensor = dependency('tinytensor', fallback: 'libtinytensor')
m = meson.get_compiler('c').find_library('m', required: false)
test('app', executable('app', 'app.c', dependencies: [tinytensor, m]))
EOF
step 'subproject set up' meson setup "$work/build" "$work/other" &&
    step 'subproject builds' ninja -C "$work/build" &&
    step 'subproject runs' meson test -C "$work/build"
exit $bad
