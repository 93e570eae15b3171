#!/bin/sh
# Debian packages: what is said in several places is said alike, pkgconfig/make-debian makes a source
# that dpkg takes, and lintian has nothing to say of it. With --build the packages are built, too,
# lintian looks at them, and a program is built against what is in them: some minutes, before a release.
# usage: check_debian.sh PROJECT-ROOT [--build]     exit 77 after the first part without dpkg-source
root=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

fault() {
    echo "$*"
    bad=1
}

version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" "$root/meson.build")
soversion=$(sed -n "s/^soversion = '\([^']*\)'.*/\1/p" "$root/meson.build")
debian=$root/pkgconfig/debian
numbers=$(sed -n 's/^#define TT_VERSION_[A-Z]* \([0-9]*\).*/\1/p' "$root/include/tinytensor/export.h" | paste -sd.)
[ "$numbers" = "$version" ] || fault "export.h says version $numbers, and meson.build $version"
grep -q "^libtinytensor ($version-" "$debian/changelog" || fault "debian/changelog is not at version $version"
grep -q "^## $version" "$root/docs/CHANGELOG.md" || fault "docs/CHANGELOG.md has no version $version"
grep -q "^Package: libtinytensor$soversion$" "$debian/control" || fault "control has no libtinytensor$soversion"
case $version in
"$soversion" | "$soversion".*) ;;
*) fault "the soname $soversion is not that of version $version" ;;
esac
for file in install lintian-overrides symbols; do
    [ -e "$debian/libtinytensor$soversion.$file" ] || fault "there is no libtinytensor$soversion.$file"
done
for need in openblas zlib pcre2 jansson check; do
    grep -q "lib$need.*-dev\|^ $need\|^ ${need}1g-dev" "$debian/control" || fault "control needs no $need to build"
done

command -v dpkg-source >/dev/null || { [ $bad -eq 0 ] && exit 77 || exit 1; }
"$root/pkgconfig/make-debian" "$work/out" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
source=$work/out/libtinytensor-$version
[ -x "$source/debian/rules" ] || fault 'debian/rules is not there, or cannot be run'
(cd "$work/out" && dpkg-source -b "$source") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

# looks FILE: lintian's errors and warnings
looks() {
    command -v lintian >/dev/null || return
    said=$(lintian --allow-root --fail-on none "$1" 2>/dev/null | grep '^[EW]:')
    [ -z "$said" ] || fault "$said"
}
looks "$work"/out/*.dsc
[ "${2:-}" = --build ] || exit $bad

(cd "$source" && dpkg-buildpackage -us -uc) >"$work/log" 2>&1 || { tail -n 40 "$work/log"; exit 1; }
looks "$work"/out/*.changes
for package in "$work"/out/libtinytensor*_"$version"*.deb; do
    dpkg -x "$package" "$work/installed"
done
usr=$work/installed/usr
libdir=$(dirname "$(find "$usr" -name libtinytensor.so)")
# shellcheck disable=SC2046 # a list of flags
cc -std=c11 "$root/tests/api/installed.c" -o "$work/app" -lm \
    $(PKG_CONFIG_PATH=$libdir/pkgconfig pkg-config --define-variable=prefix="$usr" --cflags --libs tinytensor) &&
    LD_LIBRARY_PATH=$libdir "$work/app" || fault 'a program against the packages fails'
LD_LIBRARY_PATH=$libdir "$usr/bin/tinytensor-gpt2" --help >/dev/null || fault 'a program of the packages fails'
exit $bad
