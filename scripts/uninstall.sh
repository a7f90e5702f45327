#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Removes the files of install.sh, and stops the daemon and its instances. Debian packages stay.
#
#   scripts/uninstall.sh [--purge]
#     --purge   also removes the configuration in /etc/aes67, the state in /var/lib/aes67, and the user and group aes67
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed-files.sh
. scripts/root.sh

purge=no
case ${1-} in
  "") ;;
  --purge) purge=yes ;;
  *) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
need_root "$@"
shopt -s nullglob

if [ -d /run/systemd/system ]; then
  # An instance may be running, enabled or both.
  instances=$(systemctl list-units --all --plain --no-legend 'aes67d@*.service' | cut -d' ' -f1)
  for link in /etc/systemd/system/*.wants/aes67d@*.service; do instances+=" ${link##*/}"; done
  # shellcheck disable=SC2086  # a list of words
  systemctl disable --quiet --now aes67d.service $instances 2>/dev/null || :
else
  scripts/background.sh stop
  for file in "$pidfile"-*.pid; do
    name=${file#"$pidfile-"}
    scripts/background.sh stop "${name%.pid}"
  done
fi
rm -f /etc/systemd/system/*.wants/aes67d.service /etc/systemd/system/*.wants/aes67d@*.service

scripts/hardware-clocks.sh off
[ ! -e /etc/modprobe.d/aes67-card.conf ] || "$command" card off
rm -f "$daemon" "$command" "$command"-* "${plugins[@]/#/$plugin_directory/}" "$units/aes67d.service" "$units/aes67d@.service" \
  "$sysusers" "$catalog" "$menu_entries"/aes67{,-ardour}.desktop "$icon" "$alsa_enabled/60-aes67.conf" "$alsa_shipped"/6[01]-aes67*.conf
for name in aes67 aes67d "${verbs[@]/#/aes67-}" aes67-verbs; do
  rm -f "$bash_completions/$name" "$zsh_completions/_$name" "$fish_completions/$name.fish"
done
rm -f "$manuals"/man[1-8]/aes67.* "$manuals"/man[1-8]/aes67-*.* "$manuals"/man[1-8]/aes67d.*
rm -rf "$runtime" "$runtime"-* "$shared" "$runtime_libraries" "$log.log" "$log"-*.log "$pidfile.pid" "$pidfile"-*.pid
[ ! -d /run/systemd/system ] || { systemctl daemon-reload; journalctl --update-catalog; }

if [ $purge = yes ]; then
  rm -rf "$configuration" "$state" "$state"-*
  rm -rf /etc/systemd/system/aes67d.service.d /etc/systemd/system/aes67d@.service.d /etc/systemd/system/aes67d@*.service.d
  # The file that `aes67 integrate pipewire` wrote.
  rm -f /etc/pipewire/pipewire.conf.d/60-aes67.conf /etc/pipewire/pipewire.conf.d/60-aes67-*.conf
  rmdir /etc/pipewire/pipewire.conf.d /etc/pipewire 2>/dev/null || :
  ! id -u aes67 >/dev/null 2>&1 || userdel aes67
  ! getent group aes67 >/dev/null || groupdel aes67
elif [ -d "$configuration" ]; then
  echo "Your configuration stays in $configuration, and the state in $state; scripts/uninstall.sh --purge removes both."
fi
echo "Removed."
