#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Permits the daemon and its instances to use the clocks of network cards (CAP_NET_ADMIN and /dev/ptp*), or revokes that:
# for PTP timestamps in hardware and for clock.source phc:/dev/ptpN.
#
#   scripts/hardware-clocks.sh on|off [DIRECTORY]
#     DIRECTORY   the directory of hardware-clocks.conf and 60-aes67-hardware-clocks.rules; by default that of this checkout
#                 or of the package
set -euo pipefail

usage() { sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2; }
case ${1-} in on | off) ;; *) usage ;; esac
here=$(cd "$(dirname "$0")" && pwd)
from=${2:-$here}
[ -e "$from/hardware-clocks.conf" ] || from=$here/../systemd
rules=/etc/udev/rules.d/60-aes67-hardware-clocks.rules
[ "$(id -u)" = 0 ] || { echo "This needs root: sudo $0 $1" >&2; exit 1; }

for unit in aes67d.service aes67d@.service; do
  place=/etc/systemd/system/$unit.d
  if [ "$1" = on ]; then
    install -D -m 644 "$from/hardware-clocks.conf" "$place/hardware-clocks.conf"
  else
    rm -f "$place/hardware-clocks.conf"
    rmdir --ignore-fail-on-non-empty "$place" 2>/dev/null || :
  fi
done
if [ "$1" = on ]; then install -D -m 644 "$from/60-aes67-hardware-clocks.rules" "$rules"; else rm -f "$rules"; fi
if command -v udevadm >/dev/null; then
  { udevadm control --reload && udevadm trigger --subsystem-match=ptp; } 2>/dev/null || :
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  # Restarts running daemons; players have a short gap.
  systemctl try-restart 'aes67d*.service'
fi
