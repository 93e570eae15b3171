# shellcheck shell=bash
# Sourced by ./quickstart and ./tests/run: goes to the project's root, sees to it that the tools and
# libraries it is asked for are there, and has `build_in DIR MESON-OPTION...` to set up and build.
# Says nothing when there is nothing to do, and on a terminal how far it is.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=include_file_mtime,time_macros

has() { command -v "$1" >/dev/null 2>&1; }
has_pc() { has pkg-config && pkg-config --exists "$@"; }
has_blas() { has_pc openblas || has_pc cblas blas; }

# need TEST... -- PACKAGE: notes the Debian package when the test fails.
missing=()
need() {
    local package="${!#}"
    "${@:1:$#-2}" || missing+=("$package")
}

need_to_build() {
    need has cc -- build-essential
    need has meson -- meson
    need has ninja -- ninja-build
    need has pkg-config -- pkg-config
    need has_blas -- libopenblas-dev
    need has_pc zlib -- zlib1g-dev
    need has_pc libpcre2-8 -- libpcre2-dev
    need has_pc jansson -- libjansson-dev
    need has_pc check -- check
}

need_to_test() {
    need has g++ -- g++
    need has clang -- clang
    need has valgrind -- valgrind
    need has doxygen -- doxygen
    need has clang-format -- clang-format
}

# Installs what is missing, or says what to install and ends the script.
installed=false
install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    local as=()
    if [ "$(id -u)" -ne 0 ]; then
        if has sudo && sudo -n true 2>/dev/null; then as=(sudo -n); else as=(false); fi
    fi
    if ! has apt-get || [ "${as[*]}" = false ]; then
        echo "missing here, by their Debian names: ${missing[*]}" >&2
        echo "please install them (Debian: sudo apt-get install ${missing[*]}) and run this again" >&2
        exit 1
    fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    local log
    log=$(mktemp)
    if ! { "${as[@]}" apt-get install -y -q "${missing[@]}" ||
        { "${as[@]}" apt-get update -q && "${as[@]}" apt-get install -y -q "${missing[@]}"; }; } \
        </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "apt-get could not install ${missing[*]}" >&2
        exit 1
    fi
    rm -f "$log"
    missing=()
    installed=true
}

# say TEXT: on a terminal, a line that the next one takes the place of; no TEXT: none.
say() { [ ! -t 2 ] || printf '\r\033[K%s' "$*" >&2; }

# Says how far ninja is, of what it prints.
say_steps() {
    local line
    while IFS= read -r line; do
        case $line in \[*/*]*) say "building ${line%%]*}]" ;; esac
    done
    say
}

# build_in DIR MESON-OPTION...: builds $targets, or everything; returns 1, with the log shown, when
# that fails.
targets=()
build_in() {
    local dir=$1 log=$1.log again=()
    shift
    [ -f "$dir/build.ninja" ] || rm -rf "$dir"
    [ -d "$dir" ] && $installed && again=(--reconfigure)
    if [ ! -d "$dir" ] || [ ${#again[@]} -gt 0 ]; then
        say "setting up $dir"
        if ! meson setup "$dir" "${again[@]}" "$@" >"$log" 2>&1; then
            say
            tail -n 30 "$log" >&2
            rm -f "$log"
            return 1
        fi
    fi
    ninja -C "$dir" "${targets[@]}" 2>&1 | tee "$log" | say_steps
    if [ "${PIPESTATUS[0]}" -ne 0 ]; then
        grep -vE '^\[[0-9]+/[0-9]+\]|^ninja: Entering' "$log" | tail -n 60 >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}
