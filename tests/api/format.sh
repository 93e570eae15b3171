#!/bin/sh
# Formats the C files of the project as .clang-format says; with --check only names those that are
# formatted otherwise. Versions of clang-format differ in what they write: 14 and 15 agree on this
# project; with none of them nothing is done (exit status 77: the test is skipped).
# usage: format.sh PROJECT-ROOT [--check]
cd "$1" || exit 1

tool=
for name in clang-format-14 clang-format-15 clang-format; do
    case $("$name" --version 2>/dev/null) in *'version 14.'* | *'version 15.'*) tool=$name && break ;; esac
done
if [ -z "$tool" ]; then
    echo "clang-format 14 or 15 is not here ($(clang-format --version 2>/dev/null || echo none))"
    exit 77
fi

# What git knows or would take; without git all there is.
files() {
    { git ls-files --cached --others --exclude-standard '*.[ch]' 2>/dev/null | grep . ||
        find include lib examples tests -name '*.[ch]'; } |
        while read -r file; do [ ! -e "$file" ] || echo "$file"; done
}

case $2 in
--check) files | xargs "$tool" --dry-run -Werror || { echo 'ninja -C build format writes it so'; exit 1; } ;;
*) files | xargs "$tool" -i ;;
esac
