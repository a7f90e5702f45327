#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Starts and stops the installed daemon where PID 1 is not systemd, as in a container.
#
#   scripts/background.sh start|stop|restart|status
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed-files.sh
pidfile=/run/aes67d.pid

# The process that the pidfile names, if it is still an aes67d.
running() {
  local pid
  pid=$(cat "$pidfile" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = aes67d ] && echo "$pid"
}

stop() {
  local pid tenth
  pid=$(running) || return 0
  kill "$pid"
  for ((tenth = 0; tenth < 50; tenth++)); do
    running >/dev/null || { rm -f "$pidfile"; return 0; }
    sleep 0.1
  done
  echo "aes67d ($pid) does not end; kill it with: kill -9 $pid" >&2
  return 1
}

# As user aes67 with the two capabilities that audio in time asks for; without them where they cannot be given,
# and the daemon then says what that means.
start() {
  running >/dev/null && { echo "aes67d runs already"; return 0; }
  install -d -o aes67 -g audio -m 755 "$runtime"
  rm -f "$runtime/status.json"
  touch "$log"
  local wanted=+sys_nice,+ipc_lock
  local as=(setpriv --reuid=aes67 --regid=audio --groups=audio,aes67)
  if "${as[@]}" --inh-caps="$wanted" --ambient-caps="$wanted" true 2>/dev/null; then
    as+=(--inh-caps="$wanted" --ambient-caps="$wanted")
  fi
  setsid "${as[@]}" "$daemon" </dev/null >>"$log" 2>&1 &
  echo $! >"$pidfile"
  local tenth
  for ((tenth = 0; tenth < 50; tenth++)); do
    [ ! -e "$runtime/status.json" ] || return 0
    running >/dev/null || [ "$tenth" -lt 5 ] || break
    sleep 0.1
  done
  echo "aes67d does not start:" >&2
  tail -n 20 "$log" >&2
  return 1
}

case ${1-} in
  start) start ;;
  stop) stop ;;
  restart) stop && start ;;
  status) running >/dev/null && echo "aes67d runs" || { echo "aes67d does not run"; exit 3; } ;;
  *) sed -n '3,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
