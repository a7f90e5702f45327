# SPDX-License-Identifier: MIT
#
# Sourced by scripts that change the system.

scripts_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Continues as root by sudo, which asks for the password, if there is a terminal. Otherwise the script ends with status 77 and prints how to
# start it. PATH is kept, because Swift may be in the user's directory.
need_root() { # the script's arguments
  [ "$(id -u)" != 0 ] || return 0
  if [ -t 0 ] && [ -t 2 ] && command -v sudo >/dev/null; then
    echo "==> ${0##*/} needs root: sudo asks for your password" >&2
    exec sudo env "PATH=$PATH" ${AES67_INSTALL:+"AES67_INSTALL=$AES67_INSTALL"} "$scripts_directory/${0##*/}" "$@"
  fi
  echo "${0##*/} needs root: sudo env \"PATH=\$PATH\" scripts/${0##*/}${*:+ $*}" >&2
  exit 77
}
