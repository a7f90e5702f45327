#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Attacks two daemons that play to each other, in namespaces of their own, and prints a table of what was tried, how often, and
# what held. Status 1 if something did not.
#
#   scripts/assault.sh [--minutes N] [--seed N] [AREA ...]     areas: network, control, clients, faults; all if none is named
#
# AES67_INSTALL names what is attacked, .build-install unless it is set; scripts/build.sh makes it. Needs root, and the packages
# of scripts/dependencies.sh --test. With schemathesis (pip install schemathesis) in PATH, the API is tried with that, too.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1
# A mount namespace of its own: some faults mount something over the daemon's directories.
exec unshare --mount --propagation private /usr/bin/python3 Tests/EndToEnd/assault.py "$@"
