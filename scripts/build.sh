#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds the daemon, optimised and without need of a Swift runtime, and the two ALSA plug-ins.
#
#   scripts/build.sh [DIRECTORY]      .build-install by default
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift

directory=${1:-.build-install}
mkdir -p "$directory"
swift build -c release --static-swift-stdlib --product aes67d
# A running daemon keeps its old file: a text file that is busy cannot be overwritten, but it can be replaced.
install -m 755 .build/release/aes67d "$directory/aes67d.new"
mv "$directory/aes67d.new" "$directory/aes67d"
scripts/build-plugin.sh "$directory"
echo "Built in $directory: $(cd "$directory" && ls aes67d ./*.so | xargs)"
