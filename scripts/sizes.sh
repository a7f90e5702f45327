#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Prints the sizes of the programs and of the package, and the memory of a running daemon, each with its limit.
#
#   scripts/sizes.sh [--strict] [DIRECTORY]
#     --strict    the exit status is 1 if a limit is exceeded
#
# DIRECTORY is the output of scripts/build.sh, .build-install by default; without it the exit status is 77. The package is
# made of it, if dpkg-deb is installed. A daemon is started in a network namespace of its own, with PTP off, which needs root.
set -euo pipefail
cd "$(dirname "$0")/.."

# Megabytes (10^6 bytes) of the programs as packaged, and milliseconds.
limit_daemon=20
limit_command=10
limit_runtime=18
limit_package=10
limit_resident=40
limit_first_packet=500

strict=no directory=.build-install
while [ $# -gt 0 ]; do
  case $1 in
    --strict) strict=yes ;;
    -*) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
    *) directory=$1 ;;
  esac
  shift
done
[ -x "$directory/aes67d" ] && [ -x "$directory/aes67" ] || { echo "no release build in $directory: scripts/build.sh makes it"; exit 77; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
over=0
row() { # name, value or nothing if not measured, limit or nothing, unit
  local verdict="" limit=""
  if [ -z "$2" ]; then
    printf '%-42s %10s\n' "$1" "not known"
    return
  fi
  if [ -n "$3" ]; then
    limit="limit $3"
    awk -v value="$2" -v limit="$3" 'BEGIN { exit !(value > limit) }' && { verdict="over the limit"; over=1; }
  fi
  printf '%-42s %10.1f %-2s  %-10s  %s\n' "$1" "$2" "$4" "$limit" "$verdict" | sed 's/ *$//'
}
megabytes() { stat -c %s "$1" | awk '{ print $1 / 1e6 }'; }
stripped() {
  cp "$directory/$1" "$scratch/$1"
  strip --remove-section=.comment --remove-section=.note "$scratch/$1"
  megabytes "$scratch/$1"
}
runtime() {
  cat "$directory"/lib/aes67-vsc/*.so >"$scratch/runtime"
  megabytes "$scratch/runtime"
}
of() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]] / float(sys.argv[3]))' "$scratch/footprint" "$@"; }

package=""
if command -v dpkg-deb >/dev/null; then
  package=$(scripts/package-deb.sh --built "$directory" "$scratch")
fi
resident="" locked="" first=""
if [ "$(id -u)" = 0 ]; then
  /usr/bin/python3 -B Tests/Support/Footprint/footprint.py "$directory" >"$scratch/footprint"
  # /proc has units of 1024 bytes.
  resident=$(of residentKB 976.5625) locked=$(of lockedKB 976.5625) first=$(of firstPacketMs 1)
else
  echo "Only root can measure memory and start." >&2
fi
row "aes67d, stripped" "$(stripped aes67d)" $limit_daemon MB
row "aes67, stripped" "$(stripped aes67)" $limit_command MB
row "Swift runtime that comes along" "$(runtime)" $limit_runtime MB
row "package" "${package:+$(megabytes "$package")}" $limit_package MB
row "resident memory of aes67d (VmRSS)" "$resident" $limit_resident MB
# VmLck counts address space whose pages will be locked when they are used, which is far more than is resident.
row "locked address space of aes67d (VmLck)" "$locked" "" MB
row "start to first packet, PTP off" "$first" $limit_first_packet ms
[ $strict = no ] || exit $over
