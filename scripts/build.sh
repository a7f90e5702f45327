#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds the daemon and its command, optimised, together with the Swift runtime that they share, the two ALSA plug-ins, and
# the program for the self-test of install.sh. They run on machines without Swift.
#
#   scripts/build.sh [DIRECTORY [RUNTIME_DIRECTORY]]
#
# DIRECTORY is .build-install by default. With the alsa.conf in it, programs use the plug-ins without an installation:
# with the daemon in RUNTIME_DIRECTORY, if that is given.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift

directory=${1:-.build-install}
mkdir -p "$directory"
# shellcheck source=scripts/installed-files.sh
. scripts/installed-files.sh
# The Swift runtime is found relative to the program, here and when installed, never in a toolchain. All symbols are bound at the start, so
# that no real-time thread does it at its first call. The toolchain's lld can place the code of the media threads in its own section, and
# writes relocations in a tenth of the space.
link=(-Xswiftc -use-ld=lld -Xswiftc -no-toolchain-stdlib-rpath --disable-local-rpath -Xlinker -z -Xlinker now
  -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -T -Xlinker scripts/media-code.ld
  -Xlinker -rpath -Xlinker '$ORIGIN/lib/aes67-vsc' -Xlinker -rpath -Xlinker '$ORIGIN/../lib/aes67-vsc')
for program in aes67d aes67; do
  # shellcheck disable=SC2086  # a list of words
  swift build -c release "${link[@]}" ${AES67_BUILD_OPTIONS:-} --product "$program"
  # A running daemon keeps its old file: a busy program file cannot be overwritten, but it can be replaced.
  install -m 755 ".build/release/$program" "$directory/$program.new"
  mv "$directory/$program.new" "$directory/$program"
done
scripts/swift-runtime.sh "$directory/lib/aes67-vsc" "$directory/aes67d" "$directory/aes67"
for verb in "${verbs[@]}"; do ln -sfn aes67 "$directory/aes67-$verb"; done
python3 scripts/manuals.py "$directory/aes67" "$directory/man"
scripts/build-plugin.sh "$directory" "${@:2}"
"${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra -Werror -o "$directory/loop_test" Tests/Support/LoopTest/loop_test.c -lasound
echo "Built in $directory: $(cd "$directory" && ls aes67d aes67 ./*.so | xargs)"
