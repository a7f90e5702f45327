#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Starts and stops the installed daemon if PID 1 is not systemd, as in a container: as the same user and with the same
# directories as the unit.
#
#   scripts/background.sh start|stop|restart|status [INSTANCE]
#     INSTANCE   a further sound card on the interface of that name, like aes67d@INSTANCE under systemd
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed-files.sh

usage() { sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2; }
[ $# = 1 ] || [ $# = 2 ] || usage
instance=${2-}
[[ $instance =~ ^[A-Za-z0-9._-]*$ ]] || { echo "'$instance' is not the name of an interface" >&2; exit 2; }
program=("$daemon" ${instance:+"--instance=$instance" "--interface=$instance"})
suffix=${instance:+-$instance}
name=aes67d${instance:+@$instance}
runtime+=$suffix state+=$suffix pidfile+=$suffix.pid log+=$suffix.log

# The process that the pidfile names, if it is still this instance of the daemon.
running() {
  local pid
  pid=$(cat "$pidfile" 2>/dev/null) || return 1
  [ "$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")" = "${program[*]} " ] && echo "$pid"
}

stop() {
  local pid tenth
  pid=$(running) || return 0
  kill "$pid"
  for ((tenth = 0; tenth < 50; tenth++)); do
    running >/dev/null || { rm -f "$pidfile"; return 0; }
    sleep 0.1
  done
  echo "$name ($pid) does not end; kill it with: kill -9 $pid" >&2
  return 1
}

# Starts the daemon as user aes67 with the capabilities for real-time audio and PTP's ports, as far as they can be granted; the daemon
# reports missing ones.
start() {
  running >/dev/null && { echo "$name is running already"; return 0; }
  # As the unit's RuntimeDirectory= and StateDirectory= do.
  install -d -o aes67 -g audio -m 755 "$runtime" "$state"
  rm -f "$runtime/status.json"
  touch "$log"
  local granted="" capability as=(setpriv --reuid=aes67 --regid=audio --groups=audio,aes67)
  for capability in sys_nice ipc_lock net_bind_service; do
    if "${as[@]}" --inh-caps="+$capability" --ambient-caps="+$capability" true 2>/dev/null; then
      granted+=${granted:+,}+$capability
    fi
  done
  [ -z "$granted" ] || as+=(--inh-caps="$granted" --ambient-caps="$granted")
  # The daemon sets the permissions of files for others itself.
  (umask 077 && exec setsid "${as[@]}" "${program[@]}") </dev/null >>"$log" 2>&1 &
  echo $! >"$pidfile"
  local tenth
  # A busy machine may need long. The loop ends if the daemon has ended.
  for ((tenth = 0; tenth < 300; tenth++)); do
    [ ! -e "$runtime/status.json" ] || return 0
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  echo "$name does not start:" >&2
  tail -n 20 "$log" >&2
  return 1
}

case $1 in
  start) start ;;
  stop) stop ;;
  restart) stop && start ;;
  status) running >/dev/null && echo "$name is running" || { echo "$name is not running"; exit 3; } ;;
  *) usage ;;
esac
