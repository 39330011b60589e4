#!/bin/sh
# Makes the icons of all systems out of assets/icon/reelsmith.svg:
#   sh packaging/icons.sh [FOLDER]      into target/packages/icons, if no folder is named
# and renews the two the build reads, assets/icon/window.png and assets/icon/reelsmith.ico.
# Needs rsvg-convert (librsvg2-bin) and icotool (icoutils); for the Mac's icon png2icns (icnsutils) or a Mac.
set -eu
cd "$(dirname "$0")/.."

drawing=assets/icon/reelsmith.svg
out=${1:-target/packages/icons}
mkdir -p "$out"
for size in 16 22 24 32 48 64 96 128 256 512 1024; do
    rsvg-convert --width $size --height $size $drawing --output "$out/$size.png"
done
cp "$out/128.png" assets/icon/window.png

# What Windows shows small it reads fastest uncompressed; the large one would be 256 KB.
(cd "$out" && icotool --create --output=reelsmith.ico 16.png 24.png 32.png 48.png 64.png --raw=256.png)
cp "$out/reelsmith.ico" assets/icon/reelsmith.ico

if command -v iconutil >/dev/null 2>&1; then
    set="$out/reelsmith.iconset"
    mkdir -p "$set"
    for size in 16 32 128 256 512; do
        cp "$out/$size.png" "$set/icon_${size}x${size}.png"
        cp "$out/$((size * 2)).png" "$set/icon_${size}x${size}@2x.png"
    done
    iconutil --convert icns --output "$out/reelsmith.icns" "$set"
    rm -r "$set"
elif command -v png2icns >/dev/null 2>&1; then
    # It knows no 64 and no 1024.
    (cd "$out" && png2icns reelsmith.icns 16.png 32.png 48.png 128.png 256.png 512.png)
else
    echo "No icon for the Mac: there is neither iconutil nor png2icns."
fi
ls "$out"
