#!/bin/sh
# Fuzzes what is read from files with the stable compiler: coverage as cargo-fuzz asks for it, without a sanitizer.
# `sh fuzz/run.sh [SECONDS [TARGET…]]`: abc, history, settings and checkpoint, ten minutes each, if none is named. What is
# found is kept in fuzz/artifacts.
set -eu
cd "$(dirname "$0")"
seconds=${1:-600}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- abc history settings checkpoint
RUSTC_WRAPPER="$PWD/rustc.sh" cargo build --release
mkdir -p artifacts
for target in "$@"; do
    case $target in
    abc) more="../tests/fixtures/performance" longest=4096 ;;
    checkpoint) more="" longest=16384 ;;
    *) more="" longest=4096 ;;
    esac
    mkdir -p "corpus/$target"
    # shellcheck disable=SC2086
    SEEDS="corpus/$target" "target/release/$target" "corpus/$target" $more -max_total_time="$seconds" -max_len="$longest" -timeout=25 \
        -rss_limit_mb=3000 -artifact_prefix="artifacts/$target-" -print_final_stats=1
done
