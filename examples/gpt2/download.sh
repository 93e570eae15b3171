#!/usr/bin/env bash
# Fetches a published GPT-2 from Hugging Face into a folder that tinytensor-gpt2 opens. What is there
# already is checked and kept; a download that was cut off goes on where it stopped. TT_GPT2_URL names
# another place to fetch from; its folders and files must have the same names.
set -u

usage() {
    echo "usage: download.sh gpt2|gpt2-medium|gpt2-large|gpt2-xl [DIR]"
    echo "Fetches config.json, vocab.json, merges.txt and model.safetensors (0.5, 1.5, 3.2 or 6.4 GB)"
    echo "into DIR (./MODEL), and checks sizes and checksums. Run it again to continue."
}

fail() {
    echo "download.sh: $*" >&2
    exit 1
}

case ${1-} in
gpt2 | gpt2-medium | gpt2-large | gpt2-xl) [ $# -le 2 ] || { usage >&2 && exit 2; } ;;
-h | --help) usage && exit 0 ;;
*) usage >&2 && exit 2 ;;
esac
model=$1 dir=${2:-./$1}
base=${TT_GPT2_URL:-https://huggingface.co/openai-community}

has() { command -v "$1" >/dev/null 2>&1; }
has curl || has wget || fail "curl or wget is needed"
if has sha256sum && has sha1sum; then
    sha256() { sha256sum; }
    sha1() { sha1sum; }
elif has shasum; then
    sha256() { shasum -a 256; }
    sha1() { shasum -a 1; }
else
    fail "sha256sum or shasum is needed"
fi

# size FILE: its bytes; 0 when it is not there.
size() { if [ -f "$1" ]; then wc -c <"$1" | tr -d ' '; else echo 0; fi; }

# sum FILE KIND: the checksum that a server names: of the bytes, or as git numbers files.
sum() {
    if [ "$2" = git ]; then
        { printf 'blob %s\0' "$(size "$1")" && cat "$1"; } | sha1 | cut -d ' ' -f 1
    else
        sha256 <"$1" | cut -d ' ' -f 1
    fi
}

# published FILE: size and SHA-256 of the 124M model's files.
published() {
    [ "$model" = gpt2 ] || return 0
    case $1 in
    config.json) echo 665 0daed7749b4f02b8f76240d5444551d7b08712dab4d0adb8239c56ba823bb7b4 ;;
    vocab.json) echo 1042301 196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783 ;;
    merges.txt) echo 456318 1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5 ;;
    model.safetensors) echo 548105171 248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707 ;;
    esac
}

# headers URL: those of all answers on the way, without capitals.
headers() {
    if has curl; then
        curl -sSfIL --retry 2 "$1"
    else
        wget -q --tries=3 --server-response --spider "$1" 2>&1
    fi | tr -d '\r"' | tr '[:upper:]' '[:lower:]' | sed 's/^ *//; s/: w\//: /'
}

# header NAME: the last with this name in $answer.
header() { sed -n "s/^$1: *//p" <<<"$answer" | tail -n 1; }

# announced URL: size and checksum as the server says; a dash for what it does not say. Behind the
# answer that names a large file another one follows, whose size and tag are of another kind.
announced() {
    local answer bytes tag
    answer=$(headers "$1")
    bytes=$(header x-linked-size) tag=$(header x-linked-etag)
    [ -n "$bytes" ] || bytes=$(header content-length)
    [ -n "$tag" ] || tag=$(header etag)
    [[ $bytes =~ ^[0-9]+$ ]] || return 1
    [[ $tag =~ ^([0-9a-f]{64}|[0-9a-f]{40})$ ]] || tag=-
    echo "$bytes $tag"
}

# get URL FILE: the rest of it.
get() {
    if has curl && [ -t 2 ]; then
        curl -fL --retry 3 --progress-bar -C - -o "$2" "$1"
    elif has curl; then
        curl -sSfL --retry 3 -C - -o "$2" "$1"
    elif [ -t 2 ]; then
        wget -q --show-progress --tries=3 -c -O "$2" "$1"
    else
        wget -nv --tries=3 -c -O "$2" "$1"
    fi
}

# right FILE BYTES SUM
right() {
    local kind=plain
    [ "$(size "$1")" = "$2" ] || return 1
    [ "$3" != - ] || return 0
    [ ${#3} -eq 64 ] || kind=git
    [ "$(sum "$1" $kind)" = "$3" ]
}

fetch() {
    local file=$1 url=$base/$model/resolve/main/$1 to=$dir/$1 part=$dir/$1.part facts bytes tag
    facts=$(published "$file")
    [ -n "$facts" ] || facts=$(announced "$url") ||
        fail "$url: no answer with a size; is there a network?"
    read -r bytes tag <<<"$facts"
    if [ -f "$to" ]; then
        right "$to" "$bytes" "$tag" && echo "$file: is there, $bytes bytes" && return
        fail "$to is another file than the published one ($bytes bytes); move it away first"
    fi
    [ "$(size "$part")" -le "$bytes" ] || rm -f "$part"
    if [ "$(size "$part")" -lt "$bytes" ]; then
        echo "$file: $bytes bytes, of which $(size "$part") are there"
        get "$url" "$part" ||
            fail "$url: cut off after $(size "$part") of $bytes bytes; run this again to continue"
    fi
    if ! right "$part" "$bytes" "$tag"; then
        rm -f "$part"
        fail "$url: what came is not what was published (size or checksum); it is removed again"
    fi
    mv "$part" "$to" || fail "$to cannot be written"
    [ "$tag" != - ] || echo "$file: the server names no checksum; only the size was checked" >&2
}

mkdir -p "$dir" || fail "$dir cannot be made"
for file in config.json vocab.json merges.txt model.safetensors; do
    fetch "$file"
done
echo "$model is in $dir, checked"
echo "try: tinytensor-gpt2 generate --model $dir --prompt 'Once upon a time' --stream"
