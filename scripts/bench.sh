#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Prints what 64 channels cost in each direction, beside a bare sendmmsg and recvmmsg loop of the same packets. A
# benchmark, not a test: takes some three minutes, and needs root for its network namespaces.
#
#   scripts/bench.sh [--slices N] [--seconds S]
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ]; then
  echo "The benchmark makes network namespaces and needs root." >&2
  exit 1
fi
scripts/build.sh .build-install
exec /usr/bin/python3 -B Tests/Support/Bench/bench.py .build-install "$@"
