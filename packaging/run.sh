#!/bin/sh
# The main job from a fresh clone: installs what is missing, builds, writes a tune, opens the window.
set -eu
cd "$(dirname "$0")/.."
. packaging/need.sh

need gcc libc6-dev pkg-config libasound2-dev
cargo build --release
# Cargo builds elsewhere for those who have said so.
built=${CARGO_TARGET_DIR:-target}/release

echo
echo "A tune nobody has played:"
echo
"$built/reelsmith-cli" generate

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    # What the window loads when it starts.
    need libgl1 libegl1 libxkbcommon-x11-0 libx11-xcb1 libxcursor1 libxi6
    echo
    echo "Opening the window; close it to end."
    exec "$built/reelsmith"
fi
echo
echo "There is no display here, so the window is not opened. More tunes: $built/reelsmith-cli --help"
