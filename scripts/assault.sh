#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Attacks two daemons that play to each other, in their own network namespaces, and prints a table of the attacks, their number and
# their results. The exit status is 1 if an attack succeeded.
#
#   scripts/assault.sh [--minutes N] [--seed N] [AREA ...]     areas: network, control, clients, faults; all if none is named
#
# AES67_INSTALL is the directory of the programs to attack, .build-install by default; scripts/build.sh makes it. Needs root, and the
# packages of scripts/dependencies.sh --test. With schemathesis (pip install schemathesis) in PATH, the API is tested with that, too.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1
# A separate mount namespace, because some faults mount file systems over the daemon's directories.
exec unshare --mount --propagation private /usr/bin/python3 Tests/EndToEnd/assault.py "$@"
