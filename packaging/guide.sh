#!/usr/bin/env bash
# Makes the pictures of docs/guide.md and the README from the real program:
#   bash packaging/guide.sh [PROGRAM]
# Needs what screenshots.sh needs.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:-target/release/reelsmith}
shots=$(mktemp -d)
trap 'rm -rf "$shots"' EXIT
THEMES=light bash packaging/screenshots.sh "$program" "$shots"
mkdir -p docs/pictures
# So few colours that a picture stays small: the window is flat.
picture() { convert "$shots/$1-light.png" +dither -colors 160 -define png:compression-level=9 "docs/$2"; }
picture 1280x800 window.png
picture first pictures/first.png
picture bars pictures/bars.png
picture export pictures/export.png
picture palette pictures/palette.png
ls -l docs/window.png docs/pictures
