#!/bin/sh
# Plays a tune on a silent device of PipeWire, records what comes out of it, and has it measured by
# tests/capture.rs. Where PipeWire cannot be had it says so and passes.
set -eu
cd "$(dirname "$0")/.."

# In a session of its own (see below): devices, recorder, player.
if [ "${1:-}" = inside ]; then
    folder=$2
    pipewire >"$folder/pipewire.log" 2>&1 &
    pipewire=$!
    sleep 0.5
    wireplumber >"$folder/wireplumber.log" 2>&1 &
    wireplumber=$!
    trap 'kill $wireplumber $pipewire 2>/dev/null || true' EXIT
    tries=0
    until pw-cli ls Node 2>/dev/null | grep -q '"silent"'; do
        tries=$((tries + 1))
        [ $tries -le 100 ] || { echo "PipeWire made no device in ten seconds."; exit 1; }
        sleep 0.1
    done
    sleep 1
    pw-record --target silent -P '{ stream.capture.sink=true }' \
        --rate 48000 --channels 2 --format f32 "$folder/capture.wav" &
    recorder=$!
    sleep 1
    target/debug/reelsmith-cli play tests/fixtures/capture.abc --instrument sine --chords off --room 0 --ahead 1000
    sleep 0.5
    kill -INT $recorder
    wait $recorder || true
    exit
fi

. packaging/need.sh
skip() {
    echo "The sound device is not tested: $1"
    exit 0
}
(need pipewire pipewire-bin pipewire-alsa wireplumber dbus sox) || skip "PipeWire could not be installed."
for program in pipewire wireplumber pw-record pw-cli dbus-run-session sox; do
    command -v $program >/dev/null 2>&1 || skip "there is no $program."
done

# A machine that tests has other things to do: everything is played far ahead, and before others where
# one may ask for that.
before=
[ "$(id -u)" != 0 ] || before="nice -n -15"

cargo test --no-run
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/config/pipewire/pipewire.conf.d"
mkdir -m 700 "$folder/run"
cat >"$folder/config/pipewire/pipewire.conf.d/silent.conf" <<'CONF'
context.properties = {
    default.clock.quantum = 8192
    default.clock.min-quantum = 8192
    default.clock.max-quantum = 8192
}
context.objects = [
    {
        factory = adapter
        args = {
            factory.name = support.null-audio-sink
            node.name = silent
            media.class = Audio/Sink
            audio.position = [ FL FR ]
            audio.rate = 48000
            monitor.channel-volumes = false
        }
    }
]
CONF
env -u DBUS_SESSION_BUS_ADDRESS HOME="$folder" XDG_CONFIG_HOME="$folder/config" XDG_RUNTIME_DIR="$folder/run" \
    timeout 120 $before dbus-run-session -- sh packaging/sound.sh inside "$folder"
sox -V1 "$folder/capture.wav" -t f32 "$folder/capture.raw"
REELSMITH_CAPTURE="$folder/capture.raw" cargo test --test promises capture:: -- --nocapture
