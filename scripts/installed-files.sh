# SPDX-License-Identifier: MIT
#
# Sourced by install.sh, uninstall.sh, background.sh, build.sh and package-deb.sh: the installed files, and their places.

# used by the scripts that source this file
daemon=/usr/bin/aes67d
command=/usr/bin/aes67
# The Swift runtime of both programs, which find it in ../lib/aes67-vsc relative to their directory.
runtime_libraries=/usr/lib/aes67-vsc
# Each verb is also a command: aes67-stats is aes67 stats.
verbs=(status list subscribe unsubscribe senders receivers rename route routes play record listen stream sdp stats monitor histogram glitches logs clocks
  interfaces configure undo preset panel integrate card doctor report)
# The directory in which libasound looks for plug-ins: from pkg-config, otherwise that of the library.
plugin_directory=$(pkg-config --variable=libdir alsa 2>/dev/null ||
  dirname "$(readlink -f "$(/sbin/ldconfig -p | sed -n 's/.*libasound\.so\.2 .*=> //p' | head -n 1)" || echo /)")
if [ "$plugin_directory" = / ]; then
  echo "libasound is not installed: apt-get install libasound2" >&2
  exit 1
fi
plugin_directory+=/alsa-lib
plugins=(libasound_module_pcm_aes67.so libasound_module_ctl_aes67.so)
alsa_shipped=/usr/share/alsa/alsa.conf.d
alsa_enabled=/etc/alsa/conf.d
configuration=/etc/aes67
shared=/usr/share/aes67
units=/usr/lib/systemd/system
sysusers=/usr/lib/sysusers.d/aes67.conf
catalog=/usr/lib/systemd/catalog/aes67.catalog
bash_completions=/usr/share/bash-completion/completions
zsh_completions=/usr/share/zsh/vendor-completions
fish_completions=/usr/share/fish/vendor_completions.d
manuals=/usr/share/man
# Entries of the desktop's menus: the control panel, and Ardour on this sound card if Ardour is installed.
menu_entries=/usr/share/applications
icon=/usr/share/icons/hicolor/scalable/apps/aes67.svg
# For the default instance; others append -INSTANCE.
runtime=/run/aes67
state=/var/lib/aes67
pidfile=/run/aes67d
log=/var/log/aes67d

# Writes all files except the configuration in /etc/aes67, as package and install.sh install them.
stage_files() { # directory made by build.sh, root directory of the files
  local built=$1 root=$2 name file
  put() { install -D -m "$1" "$2" "$root$3"; } # mode, file, place
  for name in aes67d aes67; do
    put 755 "$built/$name" "/usr/bin/$name"
    scripts/completions.sh "$built/$name" bash | put 644 /dev/stdin "$bash_completions/$name"
    scripts/completions.sh "$built/$name" zsh | put 644 /dev/stdin "$zsh_completions/_$name"
    scripts/completions.sh "$built/$name" fish | put 644 /dev/stdin "$fish_completions/$name.fish"
  done
  for file in "$built"/lib/aes67-vsc/*.so; do put 644 "$file" "$runtime_libraries/$(basename "$file")"; done
  for name in "${verbs[@]}"; do
    ln -sfn aes67 "$root$command-$name"
    ln -sfn aes67 "$root$bash_completions/aes67-$name"
    scripts/completions.sh "$name" fish | put 644 /dev/stdin "$fish_completions/aes67-$name.fish"
  done
  scripts/completions.sh verbs zsh | put 644 /dev/stdin "$zsh_completions/_aes67-verbs"
  for name in "${plugins[@]}"; do put 644 "$built/$name" "$plugin_directory/$name"; done
  for file in systemd/*.[1-8] "$built"/man/*.[1-8]; do
    gzip -9n <"$file" | put 644 /dev/stdin "$manuals/man${file##*.}/$(basename "$file").gz"
  done
  for file in configs/*.desktop; do put 644 "$file" "$menu_entries/$(basename "$file")"; done
  put 644 Sources/Control/Panel/icon.svg "$icon"
  put 644 configs/60-aes67.conf "$alsa_shipped/60-aes67.conf"
  # for `aes67 card on`, which copies the file
  put 644 configs/61-aes67-card.conf "$alsa_shipped/61-aes67-card.conf"
  install -d "$root$alsa_enabled"
  ln -sfn "$alsa_shipped/60-aes67.conf" "$root$alsa_enabled/60-aes67.conf"
  for file in configs/profiles/*.yaml; do put 644 "$file" "$shared/profiles/$(basename "$file")"; done
  put 644 systemd/aes67d.service "$units/aes67d.service"
  scripts/instance-unit.sh | put 644 /dev/stdin "$units/aes67d@.service"
  put 644 systemd/aes67.sysusers "$sysusers"
  put 644 systemd/aes67.catalog "$catalog"
  # For hardware clocks: hardware-clocks.sh installs the two other files, and removes them.
  put 755 scripts/hardware-clocks.sh "$shared/hardware-clocks/hardware-clocks.sh"
  for name in hardware-clocks.conf 60-aes67-hardware-clocks.rules; do
    put 644 "systemd/$name" "$shared/hardware-clocks/$name"
  done
}
