#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The benchmarks. They need root, for network namespaces, and a machine with no other load.
#
#   scripts/bench.sh [--slices N] [--seconds S] [--settle S] [--write] [BENCHMARK...]     all of them take about sixteen minutes
#
#     costs    64 channels each way compared with a bare sendmmsg and recvmmsg loop of the same packets, and the lateness of both
#     ways     reception by the daemon, by epoll and by io_uring, in turns
#     statistics the cost of counting each packet, as a share of the whole reception
#     counts   system calls, wake-ups, page faults and instructions per packet, and instructions of the level meters per frame, on a
#              busy machine, too; the exit status is 1 if one exceeds its figure in calls.golden or instructions.golden by more
#              than 3 %. --write stores the results as the new figures
#     scale    the growth of the cost with streams, channels, packet times and programs that play at once
#     peers    the same 64 channels sent and received by other programs, in turns
#     periods  the smallest period at which audio programs run
#     sessions 2,000 sessions announced at once: the directory, its memory, and the streams that play meanwhile
#     panel    the daemon's cost of an open page of the control panel, with 2,000 sessions and 64 senders
#     ptp      the true error of a clock that follows a master, beside that of ptp4l; on an idle and on a busy machine
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/root.sh
# The benchmarks make network namespaces and real-time threads.
need_root "$@"
[ -n "${AES67_INSTALL-}" ] || scripts/build.sh .build-install >&2
exec /usr/bin/python3 -B Tests/Support/Bench/bench.py --install "${AES67_INSTALL:-.build-install}" "$@"
