#!/usr/bin/env bash
# The Windows installer under Wine: it installs without a question, .abc files lead to the program, its window composes,
# and the tunes stay when it is uninstalled.
#   bash packaging/windows-test.sh SETUP.exe
# It has passed under Wine 8 of Debian. Wine is not Windows: what passes here may
# fail there, and the look is not its look.
set -euo pipefail
package=$(realpath "$1")
cd "$(dirname "$0")/.."
. packaging/need.sh
need wine wine64 mingw-w64 xvfb xauth xdotool imagemagick

work=$(mktemp -d)
trap 'wineserver -k 2>/dev/null || true; rm -rf "$work"' EXIT
export WINEPREFIX=$work/wine WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
PATH=$PATH:/usr/lib/wine
user=$WINEPREFIX/drive_c/users/$(id -un)
folder=$user/AppData/Local/Programs/Reelsmith
data=$user/AppData/Roaming/reelsmith/data

value() { wine reg query "$1" "${@:2}" 2>/dev/null | tr -d '\r' | sed -n 's/.*REG_SZ *//p'; }

# Runs a program, and waits until nothing of it is left in Wine: an uninstaller works on as a copy of itself.
run() { xvfb-run -a sh -c 'wine "$@"; wineserver -w' wine "$@" >/dev/null 2>&1; }
run wineboot --init
run "$package" /S
[ -f "$folder/reelsmith.exe" ] || { echo "It did not install:"; find "$user" -iname '*reelsmith*'; exit 1; }
[ "$(value 'HKCU\Software\Classes\.abc' /ve)" = Reelsmith.abc ] || { echo "No .abc file leads to it."; exit 1; }
value 'HKCU\Software\Classes\Reelsmith.abc\shell\open\command' /ve

# Wine 8 lacks a library that Rust's standard library asks for random numbers.
if [ ! -f "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ]; then
    cat >"$work/shim.c" <<'C'
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
C
    x86_64-w64-mingw32-gcc -shared -o "$folder/bcryptprimitives.dll" "$work/shim.c" -ladvapi32
fi
printf '#!/bin/sh\nunset REELSMITH_DATA_DIR\nexec wine "%s"\n' "$folder/reelsmith.exe" >"$work/start"
chmod 755 "$work/start"
DATA=$data bash packaging/window-test.sh "$work/start"
tunes() { (cd "$data" && find . -name '*.abc' -exec sha256sum {} + | sort); }
kept=$(tunes)
[ -n "$kept" ] || { echo "No tune was kept."; exit 1; }

rm -f "$folder/bcryptprimitives.dll"
run "$folder/uninstall.exe" /S
[ ! -e "$folder" ] || { echo "It left behind:"; find "$folder"; exit 1; }
[ "$(value 'HKCU\Software\Classes\.abc' /ve)" != Reelsmith.abc ] || { echo ".abc files still lead to it."; exit 1; }
[ "$(tunes)" = "$kept" ] || { echo "The tunes did not stay."; exit 1; }
echo "$package installs, works under Wine and goes; $(wc -l <<<"$kept") tunes stayed: $(wc -c <"$package") bytes."
