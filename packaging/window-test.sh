#!/usr/bin/env bash
# The real window under Xvfb: it starts, composes, shows something, and closes in order.
#   bash packaging/window-test.sh PROGRAM
# Where the program keeps its data in a folder of its own choice, as in a clean root, DATA says which.
# Needs xvfb, xdotool and imagemagick, and the libraries a window loads; where they cannot be had it says so and tests
# nothing.
set -euo pipefail
. "$(dirname "$0")/need.sh"
(need xvfb xdotool imagemagick libgl1-mesa-dri libgl1 libegl1 libxkbcommon-x11-0 libx11-xcb1 libxcursor1 libxi6) ||
    { echo "The window was not tested: its tools could not be installed."; exit 0; }

program=$1
for tool in Xvfb xdotool import; do
    command -v "$tool" >/dev/null || { echo "The window was not tested: there is no $tool."; exit 0; }
done

work=$(mktemp -d)
app= server=
trap 'kill "$app" "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# The server picks a display that is free.
Xvfb -displayfd 3 -screen 0 1280x800x24 3>"$work/display" >/dev/null 2>&1 &
server=$!
for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
DISPLAY=:$(cat "$work/display")
export DISPLAY

data=${DATA:-$work/data}
REELSMITH_DATA_DIR=$data "$program" 2>"$work/errors" &
app=$!
window=$(timeout 30 xdotool search --sync --onlyvisible --name '^Reelsmith$' | head -1) ||
    { echo "No window came:"; cat "$work/errors"; exit 1; }
xdotool windowfocus --sync "$window"
kept() { compgen -G "$data/recovery/*.abc" >/dev/null; }
tunes() { find "$data/tunes" -name '*.abc' 2>/dev/null | wc -l; }
# The jig of the first start is one tune.
before=$(tunes)
composed() { [ "$(tunes)" -gt $((before + 1)) ]; }
# Before the model is open the key does nothing.
for _ in $(seq 30); do composed && break; xdotool key ctrl+g; sleep 1; done
composed || { echo "No tune was composed:"; cat "$work/errors"; exit 1; }

import -window "$window" "$work/window.png"
colours=$(identify -format '%k' "$work/window.png")
[ "$colours" -gt 100 ] || { echo "The window shows $colours colours: it is as good as empty."; exit 1; }

xdotool key ctrl+q
for _ in $(seq 100); do kill -0 "$app" 2>/dev/null || break; sleep 0.1; done
wait "$app" || { echo "It ended with an error:"; cat "$work/errors"; exit 1; }
! kept || { echo "It closed and left its tune behind as if it had broken off."; exit 1; }
[ -s "$data/settings.toml" ] || { echo "It kept no settings."; exit 1; }
app=
echo "The window starts, composes, shows $colours colours and closes in order."
