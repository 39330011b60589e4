#!/bin/sh
# Fuzzes the ABC language with the stable compiler: coverage as cargo-fuzz asks for it, without a sanitizer.
# `sh fuzz/run.sh [SECONDS] [FOLDER WITH MORE TUNES]`; what is found is kept in fuzz/artifacts.
set -eu
cd "$(dirname "$0")"
seconds=${1:-600}
more=${2:-}
target=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
coverage="$coverage -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
coverage="$coverage -Cllvm-args=-sanitizer-coverage-trace-compares -Clink-dead-code -Ccodegen-units=1"
RUSTFLAGS="--cfg fuzzing $coverage" cargo build --release --target "$target"
mkdir -p corpus artifacts
"target/$target/release/abc" corpus ../tests/fixtures/performance $more -max_total_time="$seconds" \
    -max_len=4096 -timeout=25 -rss_limit_mb=3000 -artifact_prefix=artifacts/ -print_final_stats=1
