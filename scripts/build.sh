#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds the daemon and its command, optimised and without need of a Swift runtime, the two ALSA plug-ins, and the program
# with which install.sh tests what it installed.
#
#   scripts/build.sh [DIRECTORY [RUNTIME_DIRECTORY]]
#
# DIRECTORY is .build-install by default. The alsa.conf that is made there lets programs use the plug-ins without
# installing them: of the daemon in RUNTIME_DIRECTORY, if one is given.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift

directory=${1:-.build-install}
mkdir -p "$directory"
for program in aes67d aes67; do
  # shellcheck disable=SC2086  # a list of words
  swift build -c release --static-swift-stdlib ${AES67_BUILD_OPTIONS:-} --product "$program"
  # A running daemon keeps its old file: a text file that is busy cannot be overwritten, but it can be replaced.
  install -m 755 ".build/release/$program" "$directory/$program.new"
  mv "$directory/$program.new" "$directory/$program"
done
# shellcheck source=scripts/installed-files.sh
. scripts/installed-files.sh
for verb in "${verbs[@]}"; do ln -sfn aes67 "$directory/aes67-$verb"; done
python3 scripts/manuals.py "$directory/aes67" "$directory/man"
scripts/build-plugin.sh "$directory" "${@:2}"
"${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra -Werror -o "$directory/loop_test" Tests/Support/LoopTest/loop_test.c -lasound
echo "Built in $directory: $(cd "$directory" && ls aes67d aes67 ./*.so | xargs)"
