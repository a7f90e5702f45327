#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The benchmarks, not tests. They need root, for network namespaces, and a machine that does nothing else.
#
#   scripts/bench.sh [--slices N] [--seconds S] [--settle S] [--write] [BENCHMARK...]     all of them take some sixteen minutes
#
#     costs    64 channels each way beside a bare sendmmsg and recvmmsg loop of the same packets, and how late both wake
#     ways     receiving by the daemon, by epoll and by io_uring, in turns
#     statistics what counting each packet costs, of the whole way in
#     counts   system calls, wake-ups, page faults and instructions a packet, and instructions of the level meters a frame, on a
#              busy machine, too; ends with 1 where one is more than 3 % over its figure in calls.golden or instructions.golden.
#              --write makes what it finds the figures
#     scale    how the cost grows with streams, channels, packet times and programs that play at once
#     peers    the same 64 channels sent and received by other programs, in turns
#     periods  the smallest period at which audio programs run
#     sessions 2,000 sessions announced at once: the directory, its memory, and the streams that play meanwhile
#     panel    what an open page of the control panel costs the daemon, with 2,000 sessions and 64 senders
#     ptp      how far a followed clock is from its master's in truth, beside what ptp4l measures; idle and busy
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/root.sh
# It makes network namespaces and real-time threads.
need_root "$@"
[ -n "${AES67_INSTALL-}" ] || scripts/build.sh .build-install >&2
exec /usr/bin/python3 -B Tests/Support/Bench/bench.py --install "${AES67_INSTALL:-.build-install}" "$@"
