#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Removes what install.sh installed. The configuration in /etc/aes67 stays, unless you say --purge. Debian packages stay.
#
#   scripts/uninstall.sh [--purge]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed-files.sh

if [ "$(id -u)" != 0 ]; then
  echo "Uninstalling needs root: sudo scripts/uninstall.sh" >&2
  exit 1
fi

if [ -d /run/systemd/system ]; then
  systemctl disable --quiet --now aes67d.service 2>/dev/null || :
else
  scripts/background.sh stop
fi

scripts/hardware-clocks.sh off
rm -f "$daemon" "$command" "${verbs[@]/#/$command-}" "$bash_completions/aes67" "$zsh_completions/_aes67" \
  "$fish_completions/aes67.fish" "$unit" "$sysusers" "$catalog" "$alsa_enabled/60-aes67.conf" "$alsa_shipped/60-aes67.conf" \
  "$plugin_directory/libasound_module_pcm_aes67.so" "$plugin_directory/libasound_module_ctl_aes67.so"
rm -f "$manuals/aes67.1" "$manuals"/aes67-*.1
rm -rf "$runtime" "$shared" "$log"
[ ! -d /run/systemd/system ] || { systemctl daemon-reload; journalctl --update-catalog; }

if [ "${1-}" = --purge ]; then
  rm -rf "$configuration"
  ! id -u aes67 >/dev/null 2>&1 || userdel aes67
  ! getent group aes67 >/dev/null || groupdel aes67
elif [ -d "$configuration" ]; then
  echo "Your configuration stays in $configuration; scripts/uninstall.sh --purge removes it too."
fi
echo "Removed."
