#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Installs the Debian packages that are missing: to build and run, and with --test also those of the tests.
#
#   scripts/dependencies.sh [--test] [--list]
#     --list    only writes the names of those that are missing
set -euo pipefail
. "$(dirname "$0")/root.sh"

build=(build-essential pkg-config libasound2-dev libsamplerate0-dev libsndfile1-dev libyaml-dev zlib1g-dev alsa-utils git python3)
test=(ffmpeg gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-alsa
  sox libsox-fmt-alsa jackd2 libportaudio2 pipewire pipewire-bin pipewire-jack pipewire-pulse pulseaudio-utils wireplumber dbus-daemon
  ardour qjackctl audacity mixxx xvfb xdotool linuxptp ptpd tshark
  chromium zsh fish mpv vlc-bin vlc-plugin-base mpg123 ecasound cmus mpd mpc zita-ajbridge pulseaudio baresip-core
  wireshark-common valgrind nftables iproute2 ethtool util-linux systemd systemd-container
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross mmdebstrap lintian qemu-system-x86 cpio zstd
  python3-pytest python3-pytest-xdist python3-jsonschema python3-yaml python3-numpy python3-gi gir1.2-gstreamer-1.0)

wanted=("${build[@]}") only_list=no
for option in "$@"; do
  case $option in
    --test) wanted+=("${test[@]}") ;;
    --list) only_list=yes ;;
    *) sed -n '4,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done

if [ $only_list = yes ]; then
  echo "${missing[*]}"
elif [ ${#missing[@]} -gt 0 ]; then
  echo "These Debian packages are missing: ${missing[*]}"
  need_root "$@"
  echo "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
