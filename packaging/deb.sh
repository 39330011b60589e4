#!/bin/sh
# Makes the Debian package: target/packages/reelsmith_VERSION_ARCHITECTURE.deb
#   sh packaging/deb.sh [--program FILE]     FILE is a program built before, reelsmith-cli beside it
# Build it on the oldest Debian or Ubuntu it is for: it asks for the C library it was linked with.
# packaging/deb-test.sh installs and tests it.
set -eu
cd "$(dirname "$0")/.."
. packaging/need.sh
need python3 dpkg-dev librsvg2-bin icoutils desktop-file-utils appstream
. packaging/program.sh

architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
share=$tree/usr/share
doc=$share/doc/reelsmith

install -D -m 755 "$program" "$tree/usr/bin/reelsmith"
install -D -m 755 "$cli" "$tree/usr/bin/reelsmith-cli"
desktop "$share"
desktop-file-validate "$share/applications/reelsmith.desktop"
# Its name would be a domain's turned round, and Reelsmith has none.
appstreamcli validate --no-net --override cid-desktopapp-is-not-rdns=info "$share/metainfo/reelsmith.metainfo.xml"

licences "$doc/licences"
sed "s/@YEAR@/$(echo "$date" | cut -c1-4)/" packaging/linux/copyright >"$doc/copyright"
gzip -9n <CHANGELOG.md >"$doc/changelog.gz"

# What is linked, found by dpkg; then what the window opens by itself when it starts.
mkdir "$work/debian"
echo "Source: reelsmith" >"$work/debian/control"
linked=$(cd "$work" && dpkg-shlibdeps -O tree/usr/bin/* 2>"$work/warnings" | sed 's/^shlibs:Depends=//') ||
    { cat "$work/warnings"; exit 1; }
opened="libegl1, libgl1, libx11-6, libx11-xcb1, libxcursor1, libxi6, libxkbcommon0, libxkbcommon-x11-0"

mkdir "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<CONTROL
Package: reelsmith
Version: $version
Architecture: $architecture
Maintainer: ${MAINTAINER:-The Reelsmith authors <authors@reelsmith.invalid>}
Installed-Size: $(du -sk --apparent-size "$tree/usr" | cut -f1)
Depends: $linked, $opened
Recommends: libwayland-client0, libwayland-egl1, xdg-desktop-portal | zenity
Section: sound
Priority: optional
Description: compose, play and keep traditional tunes
 Reelsmith composes Irish tunes: a small recurrent network writes them in ABC
 notation, and the program shows them as sheet music, plays them on many
 instruments, lets you change them and keeps what you like as plain files.
 .
 It works offline and needs no graphics card. The command line is
 reelsmith-cli.
CONTROL
(cd "$tree" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k2 >DEBIAN/md5sums)
find "$tree" -type d -exec chmod 755 {} +
find "$share" "$tree/DEBIAN" -type f -exec chmod 644 {} +
find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

package=$out/reelsmith_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" >/dev/null
echo "$package: $(wc -c <"$package") bytes"
