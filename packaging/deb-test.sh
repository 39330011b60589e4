#!/usr/bin/env bash
# The Debian package in a clean Debian: it installs with what it asks for, its window composes, .abc files lead to it,
# the program alone in a folder is enough, and the tunes stay when it is removed.
#   bash packaging/deb-test.sh PACKAGE.deb
# Takes root rights, and the network for debootstrap.
set -euo pipefail
package=$(realpath "$1")
cd "$(dirname "$0")/.."
. packaging/clean-root.sh

size=$(wc -c <"$package")
[ "$size" -lt 50000000 ] || { echo "The package has $size bytes: 50 MB are the most."; exit 1; }

clean_root
cp "$package" "$root/reelsmith.deb"
install_in_root /reelsmith.deb
in_root reelsmith-cli doctor
window_in_root reelsmith
kept=$(tunes)
[ -n "$kept" ] || { echo "No tune was kept."; exit 1; }

install_in_root desktop-file-utils shared-mime-info
grep -q '^text/vnd.abc=.*reelsmith.desktop' "$root/usr/share/applications/mimeinfo.cache" ||
    { echo "No .abc file leads to Reelsmith."; exit 1; }
grep -q 'text/vnd.abc:\*.abc' "$root/usr/share/mime/globs2" || { echo "No .abc file is known."; exit 1; }

mkdir "$root/home/musician/alone"
cp "$root/usr/bin/reelsmith" "$root/home/musician/alone/"
chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq reelsmith >/dev/null 2>&1
left=$(find "$root/usr" "$root/etc" "$root/var/lib" -iname '*reelsmith*' -not -path '*/apt/*')
[ -z "$left" ] || { echo "It left behind: $left"; exit 1; }
[ "$(tunes)" = "$kept" ] || { echo "The tunes did not stay."; exit 1; }
echo "Removed; $(wc -l <<<"$kept") tunes stayed."

window_in_root /home/musician/alone/reelsmith
echo "$package installs, works and goes: $size bytes."
