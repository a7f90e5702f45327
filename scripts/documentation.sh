#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Renders the pages of Sources/Daemon/Documentation.docc to static files for a web server or `python3 -m http.server`.
#
#   scripts/documentation.sh [--base PATH] [DIRECTORY]
#     --base    the path of the pages on the server, such as aes67-vsc for https://NAME.github.io/aes67-vsc
#
# DIRECTORY is .build-documentation by default; documentation/overview below it is the first page. A broken link or picture is
# an error. Without Swift's `docc` this ends with status 77.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh

base=/ out=.build-documentation
while [ $# -gt 0 ]; do
  case $1 in
    --base) base=$2; shift ;;
    -*) sed -n '4,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
    *) out=$1 ;;
  esac
  shift
done
find_swift
command -v docc >/dev/null || { echo "this Swift has no docc"; exit 77; }
rm -rf "$out"
# Notes are only suggestions for style.
docc convert Sources/Daemon/Documentation.docc --fallback-display-name aes67-vsc --fallback-bundle-identifier aes67-vsc \
  --warnings-as-errors --transform-for-static-hosting --hosting-base-path "$base" --output-path "$out" 2>&1 |
  awk '/^(note|warning|error|Error)/ { shown = !/^note/ } shown'
echo "$out/documentation/overview"
