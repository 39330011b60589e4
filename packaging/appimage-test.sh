#!/usr/bin/env bash
# The AppImage in a clean Debian that has no more than every desktop has, and no FUSE: its window composes, it unpacks
# once, and what it unpacked is all it leaves.
#   bash packaging/appimage-test.sh FILE.AppImage
# Takes root rights, and the network for debootstrap.
set -euo pipefail
package=$(realpath "$1")
cd "$(dirname "$0")/.."
. packaging/clean-root.sh

size=$(wc -c <"$package")
[ "$size" -lt 50000000 ] || { echo "The AppImage has $size bytes: 50 MB are the most."; exit 1; }

# xkb-data describes keyboards to every X server and Wayland compositor. The AppImage brings what is not among these.
clean_root libasound2 libegl1 libgl1 libx11-6 libx11-xcb1 xkb-data
for library in libxkbcommon-x11.so.0 libXcursor.so.1 libXi.so.6; do
    chroot "$root" /sbin/ldconfig -p | grep -q "$library" && { echo "$library is there already."; exit 1; }
done
cp "$package" "$root/home/musician/Reelsmith.AppImage"
cache=$root/home/musician/.cache/reelsmith-appimage
versions() { find "$cache" -mindepth 1 -maxdepth 1 -printf '%f %i\n'; }
# One that was there before goes.
mkdir -p "$cache/0123456789abcdef"
for start in first second; do
    begin=$(date +%s%N)
    in_root /home/musician/Reelsmith.AppImage --version
    echo "The $start start took $((($(date +%s%N) - begin) / 1000000)) ms."
    [ "$start" = second ] || first=$(versions)
done
[ "$(wc -l <<<"$first")" = 1 ] && [ "$(versions)" = "$first" ] || { echo "It unpacked twice:"; versions; exit 1; }

window_in_root /home/musician/Reelsmith.AppImage
[ -n "$(tunes)" ] || { echo "No tune was kept."; exit 1; }

in_root sh -c 'cd /home/musician && ./Reelsmith.AppImage --appimage-extract'
diff -r "$root/home/musician/squashfs-root" "$cache/${first% *}"
for file in reelsmith.desktop reelsmith.png .DirIcon AppRun; do
    [ -e "$root/home/musician/squashfs-root/$file" ] || { echo "There is no $file in it."; exit 1; }
done
echo "$package works: $size bytes."
