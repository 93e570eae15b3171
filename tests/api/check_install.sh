#!/bin/sh
# A program outside of the project builds and runs against the library: installed, with the shared
# and the static library and under AddressSanitizer; and with the library as a Meson subproject.
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

step install meson install -C "$build" --no-rebuild --destdir "$work/root" || exit 1
pc=$(find "$work/root" -name tinytensor.pc)
[ -n "$pc" ] || { echo "no tinytensor.pc was installed"; exit 1; }
prefix=$(sed -n 's/^prefix=//p' "$pc")
export PKG_CONFIG_PATH="${pc%/*}"
flags() { pkg-config --define-variable=prefix="$work/root$prefix" "$@" tinytensor; }
libdir=$(flags --variable=libdir)

# shellcheck disable=SC2046 # lists of flags
{
    step shared cc -std=c11 -Wall -Wextra -Werror "$app" $(flags --cflags --libs) -lm -o "$work/shared" &&
        step 'shared runs' env LD_LIBRARY_PATH="$libdir" "$work/shared"
    step sanitized cc -std=c11 -g -fsanitize=address "$app" $(flags --cflags --libs) -lm -o "$work/asan" &&
        step 'sanitized runs' env LD_LIBRARY_PATH="$libdir" \
            LSAN_OPTIONS=suppressions="$root/tests/lsan.supp" "$work/asan"
    step static cc -std=c11 "$app" $(flags --cflags) "$libdir/libtinytensor.a" \
        $(flags --static --libs | sed 's/-ltinytensor//g') -lm -o "$work/static" &&
        step 'static runs' "$work/static"
}

# The programs know where their library is, under any prefix but the one that every loader searches.
if [ "$prefix" != /usr ]; then
    for program in "$work/root$prefix"/bin/tinytensor-*; do
        [ ! -e "$program" ] || step 'rpath' grep -qaF "$(pkg-config --variable=libdir tinytensor)" "$program"
    done
fi

mkdir -p "$work/other/subprojects"
cp "$app" "$work/other/app.c"
ln -s "$root" "$work/other/subprojects/libtinytensor"
cat >"$work/other/meson.build" <<'END'
project('other', 'c', default_options: ['c_std=c11', 'buildtype=plain'])
tinytensor = dependency('tinytensor', fallback: 'libtinytensor')
m = meson.get_compiler('c').find_library('m', required: false)
test('app', executable('app', 'app.c', dependencies: [tinytensor, m]))
END
unset PKG_CONFIG_PATH
step 'subproject set up' meson setup "$work/build" "$work/other" &&
    step 'subproject builds' ninja -C "$work/build" &&
    step 'subproject runs' meson test -C "$work/build"
exit $bad
