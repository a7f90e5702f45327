#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Measures application -> ALSA -> network -> ALSA -> application -> network -> application, sample by sample: between two
# hosts that are made for it on this machine, or with --remote between this machine and a second one. Every sample of 64
# channels identifies its frame and channel, so that the delay is exact and every loss is detected. A witness on each
# processor distinguishes the machine's stalls from faults of the daemon.
#
#   scripts/latency-test.sh [--samples N] [--period F] [--periods K] [--ptime US] [--duration S] [--reflect app|engine]
#                           [--link-offset F] [--streams N] [--report FILE.json] [--remote HOST]   (--help explains them)
#
# The exit status is 0 (passed: the median is the calculated one, and every loss is explained by a stall of the machine),
# 1 (failed) or 3 (inconclusive: stalls caused more than 1 %). Needs root; --report writes a plot beside the report.
#
# Two machines: both have the sound card installed and running, with layout host 1 here and host 2 there, PTP on (both
# `locked`), and the packet time and link offset to be measured in their configuration; --reflect engine needs `echo: true`
# in the second one's. The second needs ssh, a C compiler and libasound2-dev.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/root.sh
# The latency test makes network namespaces and real-time threads.
need_root "$@"
case " $* " in
  *" --help "* | *" -h "* | *" --remote"*) ;;
  *) [ -n "${AES67_INSTALL-}" ] || scripts/build.sh .build-install >&2 ;;
esac
exec /usr/bin/python3 -B Tests/Support/Latency/latency_test.py --install "${AES67_INSTALL:-.build-install}" "$@"
