#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Two daemons play 64 channels to each other for hours, with PTP and with faults chosen by a seed, and every frame is compared.
# It prints a line a minute, and writes soak.md and soak.svg at the end, also after Ctrl-C. The exit status is 1 if a gap is unexplained.
#
#   scripts/soak.sh [--hours N] [--speed N] [--seed N] [--report DIRECTORY]
#
# AES67_INSTALL is the directory of the programs, .build-install by default; scripts/build.sh makes it. Needs root, and the packages of
# scripts/dependencies.sh --test.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 Tests/EndToEnd/soak.py "$@"
