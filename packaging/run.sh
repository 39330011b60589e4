#!/bin/sh
# The main job from a fresh clone: installs what is missing, builds, writes a tune, opens the window.
set -eu
cd "$(dirname "$0")/.."
. packaging/need.sh

need gcc libc6-dev pkg-config libasound2-dev
cargo build --release

echo
echo "A tune nobody has played:"
echo
target/release/reelsmith-cli generate

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    # What the window loads when it starts.
    need libgl1 libegl1 libxkbcommon-x11-0 libx11-xcb1 libxcursor1 libxi6
    echo
    echo "Opening the window; close it to end."
    exec target/release/reelsmith
fi
echo
echo "There is no display here, so the window is not opened. More tunes: target/release/reelsmith-cli --help"
