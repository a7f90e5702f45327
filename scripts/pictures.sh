#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Takes the pictures of the control panel and of `aes67 monitor` that the README shows, from a real browser and a real terminal with
# sound on the meters, as root: it needs network namespaces and what scripts/dependencies.sh --test installs.
#
#   scripts/pictures.sh [DIRECTORY]      DIRECTORY: the output of scripts/build.sh; .build-install by default
set -euo pipefail
cd "$(dirname "$0")/.."

install=$(realpath "${1:-.build-install}")
place=Sources/Daemon/Documentation.docc
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

(cd Tests/EndToEnd && AES67_INSTALL=$install AES67_PICTURES=$scratch python3 -m pytest -q --no-header -c pytest.ini test_browser_walk.py test_monitor.py -k picture)
mkdir -p "$place"
for name in panel-overview panel-routing; do
  bytes=$(stat -c %s "$scratch/$name.png")
  [ "$bytes" -le 150000 ] || { echo "$name.png has $bytes bytes, 150000 at most" >&2; exit 1; }
  cp "$scratch/$name.png" "$place/$name.png"
  echo "wrote $place/$name.png: $bytes bytes"
done
cp "$scratch/monitor.screen" "$place/Pictures/monitor.screen"
python3 scripts/pictures.py
echo "wrote $place/monitor.svg"
