# shellcheck shell=sh disable=SC2034
# Sourced, in the repository's folder, by the scripts that make packages. Reads `--program FILE` and sets
#   program, cli   the window, and the command line beside it: built now as they ship, unless the window is named
#   version, date  of this version, and of its last commit
#   out            where packages go
# CARGO names another cargo, OUT another folder. A script that builds for another system sets target, and what cargo
# is to be told besides in flags; exe is .exe on Windows.

if [ "${1:-}" = --program ] && [ $# = 2 ]; then
    program=$2
elif [ $# = 0 ]; then
    # shellcheck disable=SC2086
    ${CARGO:-cargo} build --profile dist ${target:+--target $target} ${flags:-}
    program=target/${target:+$target/}dist/reelsmith${exe:-}
else
    echo "usage: $0 [--program FILE]"
    exit 2
fi
cli=$(dirname "$program")/reelsmith-cli${exe:-}
for file in "$program" "$cli"; do
    [ -f "$file" ] || { echo "There is no $file."; exit 1; }
done

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
# Packages made twice from one commit are alike: nothing in them is younger than it.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%F 2>/dev/null || date -u -r "$SOURCE_DATE_EPOCH" +%F)
out=${OUT:-target/packages}
mkdir -p "$out"

# licences FOLDER: what the program, its crates, fonts and network may be used for; crates_for names the target if
# it is not this machine's kind
licences() {
    mkdir -p "$1/fonts"
    cp LICENSE LICENSE-MIT LICENSE-APACHE "$1/"
    cp models/reference.md "$1/network.md"
    # shellcheck disable=SC2086
    python3 packaging/crates.py ${crates_for:-} >"$1/crates.txt"
    for font in assets/fonts/*/; do
        for file in OFL.txt LICENSE.md LICENSE; do
            [ ! -f "$font$file" ] || cp "$font$file" "$1/fonts/$(basename "$font").txt"
        done
    done
}

# desktop FOLDER: desktop entry, AppStream data, the type of .abc files and icons, as under /usr/share
desktop() {
    mkdir -p "$1/applications" "$1/metainfo" "$1/mime/packages" "$1/icons/hicolor/scalable/apps"
    cp packaging/linux/reelsmith.desktop "$1/applications/"
    sed "s/@VERSION@/$version/; s/@DATE@/$date/" packaging/linux/reelsmith.metainfo.xml \
        >"$1/metainfo/reelsmith.metainfo.xml"
    cp packaging/linux/reelsmith-mime.xml "$1/mime/packages/reelsmith.xml"
    cp assets/icon/reelsmith.svg "$1/icons/hicolor/scalable/apps/"
    sh packaging/icons.sh target/packages/icons >/dev/null
    for size in 16 22 24 32 48 64 96 128 256 512; do
        mkdir -p "$1/icons/hicolor/${size}x$size/apps"
        cp target/packages/icons/$size.png "$1/icons/hicolor/${size}x$size/apps/reelsmith.png"
    done
}
