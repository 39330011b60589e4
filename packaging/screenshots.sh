#!/usr/bin/env bash
# Takes pictures of the real window with tunes in it under Xvfb, light and dark, at the sizes it is made for:
#   [THEMES=light] bash packaging/screenshots.sh [PROGRAM] [FOLDER]
# Needs xvfb, xdotool and imagemagick, and reelsmith-cli beside the program.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:-target/release/reelsmith}
out=${2:-target/screenshots}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"; kill "$app" "$server" 2>/dev/null || true' EXIT
app= server=

# What is in the history before anything is composed.
export REELSMITH_DATA_DIR=$work/data
"$(dirname "$program")/reelsmith-cli" library import tests/fixtures/public-domain.abc >/dev/null

tunes() { find "$REELSMITH_DATA_DIR/tunes" -name '*.abc' 2>/dev/null | wc -l; }

# shot NAME WIDTH HEIGHT SCALE THEME [XDOTOOL…]: pixels, pixels a point, light or dark, and what is done before the picture
# is taken, as xdotool takes it. "first" as a name is the very first start.
shot() {
    local name=$1 width=$2 height=$3 scale=$4 theme=$5
    shift 5
    # The server picks a display that is free.
    : >"$work/display"
    Xvfb -displayfd 3 -screen 0 "${width}x${height}x24" -dpi $((96 * scale)) 3>"$work/display" >/dev/null 2>&1 &
    server=$!
    for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
    local display
    display=:$(cat "$work/display")
    local data=$REELSMITH_DATA_DIR
    if [ "$name" = first ]; then
        data=$work/first-$theme
    else
        # Working titles are counted on.
        local titles
        titles=$(sed -n '/^\[titles\]/,$p' "$data/settings.toml" 2>/dev/null || true)
        printf 'theme = "%s"\nzoom = 1.0\nwindow = [%d.0, %d.0]\n%s\n' \
            "$theme" $((width / scale)) $((height / scale)) "$titles" >"$data/settings.toml"
    fi
    DISPLAY=$display WINIT_X11_SCALE_FACTOR=$scale REELSMITH_DATA_DIR=$data "$program" &
    app=$!
    local window before
    window=$(DISPLAY=$display timeout 30 xdotool search --sync --onlyvisible --name '^Reelsmith$' | head -1)
    DISPLAY=$display xdotool windowmove "$window" 0 0 windowfocus --sync "$window"
    if [ "$name" != first ]; then
        before=$(tunes)
        # Before the model is open the key does nothing.
        for _ in $(seq 30); do
            [ "$(tunes)" -gt "$before" ] && break
            DISPLAY=$display xdotool key ctrl+g
            sleep 1
        done
    fi
    # The pointer rests where nothing has anything to say.
    DISPLAY=$display xdotool mousemove 2 2
    sleep 2
    if [ $# -gt 0 ]; then
        DISPLAY=$display xdotool "$@"
        sleep 1
    fi
    DISPLAY=$display import -window root "$out/$name-$theme.png"
    # Esc closes what lies over the window, and would keep it open.
    DISPLAY=$display xdotool key Escape sleep 0.3 key Escape sleep 0.3 key ctrl+q
    wait "$app"
    kill "$server"
    wait "$server" 2>/dev/null || true
    echo "$out/$name-$theme.png"
}

for theme in ${THEMES:-light dark}; do
    shot 1280x800 1280 800 1 $theme
    shot 1920x1080 1920 1080 1 $theme
    shot 2x 2560 1600 2 $theme
    shot 900x600 900 600 1 $theme
    shot 720x480 720 480 1 $theme
    # Some bars are chosen, and the tune plays.
    shot bars 1280 800 1 $theme mousemove 420 290 sleep 0.3 mousedown 1 sleep 0.2 mousemove 600 290 sleep 0.2 \
        mousemove 760 290 sleep 0.2 mouseup 1 sleep 0.3 key space sleep 3
    shot export 1280 800 1 $theme key ctrl+s
    shot palette 1280 800 1 $theme key ctrl+k
done
# The first start knows no theme but the system's.
shot first 1280 800 1 light
