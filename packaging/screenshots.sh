#!/usr/bin/env bash
# Takes pictures of the real window under Xvfb, light and dark, at the sizes it is made for:
#   bash packaging/screenshots.sh [PROGRAM] [FOLDER]
# Needs xvfb, xdotool and imagemagick.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:-target/release/reelsmith}
out=${2:-target/screenshots}
display=:${DISPLAY_NUMBER:-73}
mkdir -p "$out"
data=$(mktemp -d)
trap 'rm -rf "$data"; kill "$app" "$server" 2>/dev/null || true' EXIT
app= server=

# shot NAME WIDTH HEIGHT SCALE THEME: pixels, pixels a point, light or dark
shot() {
    local name=$1 width=$2 height=$3 scale=$4 theme=$5
    Xvfb "$display" -screen 0 "${width}x${height}x24" -dpi $((96 * scale)) >/dev/null 2>&1 &
    server=$!
    sleep 1
    printf 'theme = "%s"\nzoom = 1.0\nwindow = [%d.0, %d.0]\n' \
        "$theme" $((width / scale)) $((height / scale)) >"$data/settings.toml"
    DISPLAY=$display WINIT_X11_SCALE_FACTOR=$scale REELSMITH_DATA_DIR=$data "$program" &
    app=$!
    local window
    window=$(DISPLAY=$display timeout 30 xdotool search --sync --onlyvisible --name '^Reelsmith$' | head -1)
    DISPLAY=$display xdotool windowmove "$window" 0 0 windowfocus --sync "$window"
    # Once the model is open there are tunes on the stand, and one is kept.
    for _ in $(seq 30); do
        compgen -G "$data/recovery/*.abc" >/dev/null && break
        DISPLAY=$display xdotool key ctrl+g
        sleep 1
    done
    sleep 2
    DISPLAY=$display import -window root "$out/$name-$theme.png"
    DISPLAY=$display xdotool key ctrl+q
    wait "$app"
    kill "$server"
    wait "$server" 2>/dev/null || true
    echo "$out/$name-$theme.png"
}

for theme in light dark; do
    shot 1280x800 1280 800 1 $theme
    shot 1920x1080 1920 1080 1 $theme
    shot 2x 2560 1600 2 $theme
    shot 900x600 900 600 1 $theme
done
