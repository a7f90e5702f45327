#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Two daemons play 64 channels to each other for hours, with PTP and with faults sprinkled by a seed, and every frame is compared.
# A line a minute; soak.md and soak.svg at the end, also when it is stopped by Ctrl-C. Status 1 if something was not explained.
#
#   scripts/soak.sh [--hours N] [--speed N] [--seed N] [--report DIRECTORY]
#
# AES67_INSTALL names what runs, .build-install unless it is set; scripts/build.sh makes it. Needs root, and the packages of
# scripts/dependencies.sh --test.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 Tests/EndToEnd/soak.py "$@"
