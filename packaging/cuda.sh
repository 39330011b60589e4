#!/bin/sh
# Makes the second download for NVIDIA's cards: target/packages/reelsmith-VERSION-linux-MACHINE-cuda.tar.gz
#   sh packaging/cuda.sh [--program FILE]     FILE is a program built before with CUDA, reelsmith-cli beside it
# Needs NVIDIA's toolkit (nvcc). CUDA_COMPUTE_CAP says for which cards and younger ones; without a card in the machine
# it must be named, and 75 is Turing, of 2018. Unpack it and start `reelsmith`; it takes the same libraries as the
# Debian package, and those of CUDA. Never run yet.
set -eu
cd "$(dirname "$0")/.."
. packaging/need.sh
need python3 gcc g++ libc6-dev pkg-config libasound2-dev
flags="--features cuda"
. packaging/program.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/reelsmith"
cp "$program" "$cli" "$work/reelsmith/"
licences "$work/reelsmith/licences"
package=$out/reelsmith-$version-linux-$(uname -m)-cuda.tar.gz
tar --owner=0 --group=0 --sort=name --mtime="@$SOURCE_DATE_EPOCH" -C "$work" -czf "$package" reelsmith
echo "$package: $(wc -c <"$package") bytes"
