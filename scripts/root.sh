# SPDX-License-Identifier: MIT
#
# Sourced by scripts that change the system.

scripts_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Goes on as root: by sudo, which asks for the password, where there is a terminal; otherwise the script ends with status 77 and
# says how to start it.
# PATH stays, for Swift may be in the user's own directory.
need_root() { # the script's arguments
  [ "$(id -u)" != 0 ] || return 0
  if [ -t 0 ] && [ -t 2 ] && command -v sudo >/dev/null; then
    echo "==> ${0##*/} needs root: sudo asks for your password" >&2
    exec sudo env "PATH=$PATH" ${AES67_INSTALL:+"AES67_INSTALL=$AES67_INSTALL"} "$scripts_directory/${0##*/}" "$@"
  fi
  echo "${0##*/} needs root: sudo env \"PATH=\$PATH\" scripts/${0##*/}${*:+ $*}" >&2
  exit 77
}
