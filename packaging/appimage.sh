#!/bin/sh
# Makes the AppImage: target/packages/Reelsmith-VERSION-MACHINE.AppImage
#   sh packaging/appimage.sh [--program FILE]     FILE is a program built before
# Build it on the oldest system it is for: it needs the C library it was linked with. It holds the window and those
# libraries a desktop may lack; C library, ALSA, X, Wayland, OpenGL and the description of keyboards are the system's.
# Its runtime is our own, packaging/appimage: it unpacks into ~/.cache/reelsmith-appimage where the usual one mounts by
# FUSE. packaging/appimage-test.sh tests it.
set -eu
cd "$(dirname "$0")/.."
. packaging/need.sh
need python3 squashfs-tools patchelf librsvg2-bin icoutils libxkbcommon0 libxkbcommon-x11-0 libxcb-xkb1 libxcursor1 libxi6 \
    libxrender1 libxfixes3
. packaging/program.sh

machine=$(uname -m)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/AppDir

install -D -m 755 "$program" "$folder/usr/bin/reelsmith"
ln -s usr/bin/reelsmith "$folder/AppRun"
desktop "$folder/usr/share"
cp packaging/linux/reelsmith.desktop target/packages/icons/256.png "$folder/"
mv "$folder/256.png" "$folder/reelsmith.png"
ln -s reelsmith.png "$folder/.DirIcon"
licences "$folder/usr/share/doc/reelsmith/licences"

# They are found by the place of the program, so that no variable leads other programs to them.
mkdir "$folder/usr/lib"
for library in libxkbcommon.so.0 libxkbcommon-x11.so.0 libxcb-xkb.so.1 libXcursor.so.1 libXi.so.6 libXrender.so.1 \
    libXfixes.so.3; do
    file=$(/sbin/ldconfig -p | grep -F "$library " | sed -n '1s/.* => //p')
    [ -n "$file" ] || { echo "There is no $library."; exit 1; }
    cp "$file" "$folder/usr/lib/$library"
    patchelf --set-rpath '$ORIGIN' "$folder/usr/lib/$library"
    package=$(dpkg-query -S "$(readlink -f "$file")" 2>/dev/null | sed 's/:.*//' || true)
    [ ! -f "/usr/share/doc/$package/copyright" ] ||
        cp "/usr/share/doc/$package/copyright" "$folder/usr/share/doc/reelsmith/licences/$library.txt"
done
patchelf --set-rpath '$ORIGIN/../lib' "$folder/usr/bin/reelsmith"

RUSTFLAGS="-C target-feature=+crt-static" ${CARGO:-cargo} build --release --manifest-path packaging/appimage/Cargo.toml \
    --target "$machine-unknown-linux-gnu" --target-dir target/appimage
package=$out/Reelsmith-$version-$machine.AppImage
cp "target/appimage/$machine-unknown-linux-gnu/release/appimage-runtime" "$package"
# By these three bytes of the ELF header other programs know an AppImage of type 2.
printf 'AI\002' | dd of="$package" bs=1 seek=8 conv=notrunc 2>/dev/null
runtime=$(wc -c <"$package")
[ "$("$package" --appimage-offset)" = "$runtime" ] || { echo "The runtime does not end where it thinks."; exit 1; }

# Times come from SOURCE_DATE_EPOCH.
mksquashfs "$folder" "$work/image" -root-owned -noappend -no-progress -quiet -comp gzip -b 1M -no-xattrs
cat "$work/image" >>"$package"
chmod 755 "$package"
echo "$package: $(wc -c <"$package") bytes, $runtime of them the runtime"
