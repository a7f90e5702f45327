#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Installs the AES67 sound card on Debian 12 or 13 and starts it. Run it again after each update of the sources.
# A configuration that you have edited is never overwritten. Missing requirements are listed before anything is changed.
#
#   scripts/install.sh [--hardware-clocks] [--built DIRECTORY]
#     --hardware-clocks   also permits the daemon to use the clocks of network cards (CAP_NET_ADMIN and /dev/ptp*), for PTP
#                         timestamps in hardware and for clock.source phc:/dev/ptpN; scripts/hardware-clocks.sh off revokes it
#     --built             installs the programs that scripts/build.sh made in DIRECTORY; needs neither Swift nor a compiler
#
# At the end it plays a signal through a second, temporary sound card over the loopback network, and reports the result.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
. scripts/root.sh

arguments=("$@")
hardware_clocks=no built=""
while [ $# -gt 0 ]; do
  case $1 in
    --hardware-clocks) hardware_clocks=yes ;;
    --built) built=${2?a directory}; shift ;;
    *) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
  esac
  shift
done
say() { echo "==> $*"; }

# Lists everything that prevents a build on this host, and the packages that will be installed.
look_first() {
  local wrong=0 missing room
  [ -z "$built" ] || return 0
  find_swift || wrong=1
  missing=$(scripts/dependencies.sh --list)
  if [ -n "$missing" ]; then
    say "Debian packages that will be installed: $missing"
    command -v apt-get >/dev/null || { echo "apt-get is not available: install these packages, or their equivalents, yourself." >&2; wrong=1; }
  fi
  room=$(df --output=avail -BG . | tail -n 1 | tr -dc 0-9)
  if [ ! -d .build ] && [ "$room" -lt 4 ]; then
    echo "Building needs 4 GB of free disk space in $PWD; $room GB are free." >&2
    wrong=1
  fi
  return $wrong
}

look_first || { echo "Nothing was changed." >&2; exit 1; }
need_root "${arguments[@]}"
umask 022

install_files() {
  local file
  stage_files "$built" "$scratch/root"
  # Files are replaced by name and not overwritten, so that running programs keep their open files.
  while IFS= read -r -d "" file; do
    install -d "$(dirname "/$file")"
    cp -P --preserve=mode "$scratch/root/$file" "/$file.new"
    mv -T "/$file.new" "/$file"
  done < <(cd "$scratch/root" && find . ! -type d -printf '%P\0')
  # Uncompressed pages of earlier versions.
  rm -f "$manuals"/man[1-8]/aes67{,-*,d}.[1-8]
  [ $hardware_clocks = no ] || scripts/hardware-clocks.sh on
}

# Files in /etc are replaced only if they are unchanged since the last installation.
install_configuration() {
  local file
  install -d "$configuration" "$shared"
  for file in aes67d.yaml default.sdp; do
    if [ ! -e "$configuration/$file" ] || cmp -s "$configuration/$file" "$shared/$file"; then
      install -m 644 "configs/$file" "$configuration/$file"
    else
      say "$configuration/$file was edited, and is kept. The new version is $shared/$file"
    fi
    install -m 644 "configs/$file" "$shared/$file"
  done
  "$daemon" --check --config "$configuration/aes67d.yaml"
}

make_user() {
  if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers "$sysusers"
  elif ! id -u aes67 >/dev/null 2>&1; then
    getent group aes67 >/dev/null || groupadd --system aes67
    useradd --system --gid audio --groups aes67 --no-create-home --shell /usr/sbin/nologin aes67
  fi
}

start_daemon() {
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    journalctl --update-catalog
    systemctl enable --quiet aes67d.service
    systemctl restart aes67d.service
    systemctl try-restart 'aes67d@*.service'
    say "aes67d runs under systemd: systemctl status aes67d"
  else
    scripts/background.sh restart
    local file name
    for file in "$pidfile"-*.pid; do
      name=${file#"$pidfile-"} name=${name%.pid}
      ! scripts/background.sh status "$name" >/dev/null 2>&1 || scripts/background.sh restart "$name"
    done
    say "systemd is not running here: aes67d was started in the background, its log is $log.log"
  fi
}

self_test() {
  local directory=$1 attempt
  cat >"$directory/selftest.yaml" <<'YAML'
layout: {host: 250, remote-host: 250}
network: {interface: lo, loopback: true}
streams: {link-offset: 20ms}
ptp: {mode: off}
YAML
  "$daemon" --config "$directory/selftest.yaml" --instance selftest --state-directory "$directory/state" \
    >"$directory/log" 2>&1 &
  self_test_daemon=$!
  for attempt in 1 2 3 4 5; do
    sleep 1
    # On a virtual machine that stalls for a moment the test may fail, so it is tried again.
    if "$built/loop_test" aes67:INSTANCE=selftest 64 >"$directory/result" 2>&1; then
      say "Self-test: a signal was played through the device and over the loopback network, and was"
      say "$(cat "$directory/result")$([ $attempt = 1 ] || echo " (attempt $attempt; the ones before failed)")"
      return 0
    fi
  done
  say "Self-test FAILED: $(cat "$directory/result")"
  sed 's/^/    /' "$directory/log"
  return 1
}

scratch=$(mktemp -d)
self_test_daemon=
end() {
  if [ -n "$self_test_daemon" ]; then
    kill "$self_test_daemon" 2>/dev/null || :
    wait "$self_test_daemon" 2>/dev/null || :
  fi
  rm -rf "$scratch" /run/aes67-selftest
}
trap end EXIT

[ -n "$built" ] || scripts/dependencies.sh
# Sourced here because it looks for libasound, which may just have been installed.
. scripts/installed-files.sh
if [ -z "$built" ]; then
  say "Building: a few minutes the first time"
  scripts/build.sh .build-install
  built=.build-install
fi
say "Installing"
install_files
make_user
install_configuration
start_daemon
self_test "$scratch"
cat <<'NEXT'

Installed. Try:   aplay -D aes67_plug /usr/share/sounds/alsa/Front_Center.wav
                  sudo aes67 doctor, or without sudo after: sudo usermod -aG aes67 $USER (and a new login)
                  sudo aes67 integrate pipewire, for desktop programs
Programs find the device as "aes67". Its configuration is /etc/aes67/aes67d.yaml; README.md explains how to join two
machines.
NEXT
