#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Copies the libraries of the Swift runtime that programs need, and no others, stripped.
#
#   scripts/swift-runtime.sh DIRECTORY PROGRAM...
#
# DIRECTORY is replaced. It fails if a program would look for its runtime in the toolchain, or needs all of Foundation: with
# the data of ICU that is 40 MB more.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift

directory=$1
shift
toolchain=$(swiftc -print-target-info |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["paths"]["runtimeLibraryPaths"][0])')
new=$directory.new
rm -rf "$new"
mkdir -p "$new"

needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

for program in "$@"; do
  if readelf -d "$program" | grep -E '\((RPATH|RUNPATH)\)' | grep -E '\[/|:/'; then
    echo "$program would look for libraries at a place of the machine that built it." >&2
    exit 1
  fi
done
files=("$@")
while [ ${#files[@]} -gt 0 ]; do
  file=${files[0]}
  files=("${files[@]:1}")
  for library in $(needed "$file"); do
    # Other libraries than the toolchain's come from Debian.
    [ -e "$toolchain/$library" ] && [ ! -e "$new/$library" ] || continue
    case $library in
      lib_FoundationICU.so | libFoundation.so | libFoundationInternationalization.so)
        echo "$file needs $library: import FoundationEssentials instead of Foundation." >&2
        exit 1
        ;;
    esac
    install -m 644 "$toolchain/$library" "$new/$library"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$new/$library"
    files+=("$new/$library")
  done
done
rm -rf "$directory"
mv "$new" "$directory"
