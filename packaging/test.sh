#!/bin/sh
# The tests from a fresh clone: installs what is missing, builds, and runs them all.
set -eu
cd "$(dirname "$0")/.."
. packaging/need.sh

need gcc libc6-dev pkg-config libasound2-dev
# The same cases every time; `cargo test` by itself looks for new ones.
PROPTEST_RNG_SEED=${PROPTEST_RNG_SEED:-2026} cargo test
