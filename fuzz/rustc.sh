#!/bin/sh
# The compiler as cargo calls it: coverage for what is fuzzed, and not for what it stands on, which would slow every run.
case " $* " in
*" --crate-name reelsmith "* | *" --crate-name safetensors "* | *" --crate-name toml"* | *" --crate-name winnow "* | \
    *" fuzz_targets/"*)
    set -- "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1
    ;;
esac
exec "$@"
