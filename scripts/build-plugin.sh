#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds the two ALSA plug-ins into a directory, and an alsa.conf with which programs can use them
# from there:
#
#   scripts/build-plugin.sh DIRECTORY [RUNTIME_DIRECTORY]
#   ALSA_CONFIG_PATH=DIRECTORY/alsa.conf aplay -D aes67_plug some.wav
#
# With RUNTIME_DIRECTORY, that alsa.conf leads to the daemon there instead of to /run/aes67.
# CC and CFLAGS are honoured. SwiftPM is not used: it would link the Swift runtime into a library
# that every audio program loads.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: $0 DIRECTORY [RUNTIME_DIRECTORY]" >&2
  exit 2
fi
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
source=$root/Sources/ALSAPlugin

build() { # library, then sources
  library=$1
  shift
  # shellcheck disable=SC2086  # CFLAGS is a list of words
  "${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -DPIC -fPIC -O2 -g -Wall -Wextra -Werror ${CFLAGS:-} \
    -fvisibility=hidden -I"$source/include" -I"$root/Sources/CSharedMemory/include" \
    -shared -Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,--as-needed \
    -o "$out/$library" "$@" -lasound
}

cd "$source"
build libasound_module_pcm_aes67.so \
  pcm_aes67.c pcm_stream.c plugin_config.c sample_format.c \
  vsc_client.c vsc_link.c vsc_memory.c vsc_pair.c vsc_ring.c vsc_stream.c
build libasound_module_ctl_aes67.so \
  ctl_aes67.c plugin_config.c vsc_link.c vsc_memory.c

{
  echo "# Made by scripts/build-plugin.sh: the plug-ins of $out."
  echo "</usr/share/alsa/alsa.conf>"
  echo "pcm_type.aes67 { lib \"$out/libasound_module_pcm_aes67.so\" }"
  echo "ctl_type.aes67 { lib \"$out/libasound_module_ctl_aes67.so\" }"
  if [ $# -eq 2 ]; then
    sed "s|^\\(\t*\\)instance \\\$INSTANCE|\\1runtime_directory \"$2\"|" "$root/configs/60-aes67.conf"
  else
    cat "$root/configs/60-aes67.conf"
  fi
} > "$out/alsa.conf"
