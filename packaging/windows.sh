#!/bin/sh
# Makes the Windows packages, on Linux or on Windows (in Git's shell):
#   target/packages/reelsmith-VERSION-windows.zip         to unpack anywhere and start
#   target/packages/reelsmith-VERSION-windows-setup.exe   the installer
#   sh packaging/windows.sh [--program FILE.exe]          FILE is a program built before, reelsmith-cli.exe beside it
# On Linux it takes mingw-w64 and `rustup target add x86_64-pc-windows-gnu`. Where rustup cannot fetch that, RUST_SRC
# may name the folder `library` of Rust's own sources of just this version, as in Debian's package rust-src, and the
# standard library is built too; that way it has run, and packaging/windows-test.sh has tested what came out under Wine. On
# Windows it has never run.
set -eu
cd "$(dirname "$0")/.."
. packaging/need.sh
exe=.exe
case $(uname -s) in
Linux)
    need mingw-w64 nsis zip
    target=x86_64-pc-windows-gnu
    if [ -n "${RUST_SRC:-}" ]; then
        export RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT="$RUST_SRC"
        flags=-Zbuild-std=std,panic_unwind
    fi
    ;;
*)
    # No runtime of Visual Studio has to be installed.
    export RUSTFLAGS="-C target-feature=+crt-static"
    PATH="$PATH:/c/Program Files (x86)/NSIS"
    ;;
esac
. packaging/program.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/Reelsmith
mkdir "$folder"
cp "$program" "$cli" "$folder/"
crates_for=${target:-}
licences "$folder/licences"

# makensis is a program of Windows there, and wants its paths.
path() {
    if command -v cygpath >/dev/null 2>&1; then cygpath -w -a "$1"; else realpath -m "$1"; fi
}
setup=$out/reelsmith-$version-windows-setup.exe
makensis -V2 -NOCD "-DVERSION=$version" "-DFOLDER=$(path "$folder")" "-DICON=$(path assets/icon/reelsmith.ico)" \
    "-DOUT=$(path "$setup")" -X'Target amd64-unicode' packaging/windows/reelsmith.nsi

archive=$(path "$out/reelsmith-$version-windows.zip")
rm -f "$archive"
if command -v zip >/dev/null 2>&1; then
    (cd "$work" && zip -qr9X "$archive" Reelsmith)
else
    (cd "$work" && 7z a -bd -mx=9 "$archive" Reelsmith >/dev/null)
fi
wc -c "$setup" "$out/reelsmith-$version-windows.zip"
