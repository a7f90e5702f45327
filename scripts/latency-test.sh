#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Measures application -> ALSA -> network -> ALSA -> application -> network -> application, sample by sample: between two
# hosts that are made for it on this machine, or with --remote between this machine and a second one. Every sample of 64
# channels names its frame and channel, so that the delay is exact and no loss goes unnoticed. A witness on each processor
# tells the machine's own stalls from our faults.
#
#   scripts/latency-test.sh [--samples N] [--period F] [--periods K] [--ptime US] [--duration S] [--reflect app|engine]
#                           [--link-offset F] [--streams N] [--report FILE.json] [--remote HOST]   (--help explains them)
#
# Ends with 0 (passed: the median is what the arithmetic says, and nothing was lost that the machine does not explain),
# 1 (failed) or 3 (inconclusive: more than 1 % was lost to the machine). Needs root; --report writes a plot beside the report.
#
# Two machines: both have the sound card installed and running, with layout host 1 here and host 2 there, PTP on (both
# `locked`), and the packet time and link offset to be measured in their configuration; --reflect engine needs `echo: true`
# in the second one's. The second needs ssh, a C compiler and libasound2-dev.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/root.sh
# It makes network namespaces and real-time threads.
need_root "$@"
case " $* " in
  *" --help "* | *" -h "* | *" --remote"*) ;;
  *) [ -n "${AES67_INSTALL-}" ] || scripts/build.sh .build-install >&2 ;;
esac
exec /usr/bin/python3 -B Tests/Support/Latency/latency_test.py --install "${AES67_INSTALL:-.build-install}" "$@"
