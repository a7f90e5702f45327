# SPDX-License-Identifier: MIT
#
# Sourced by the other scripts: finds Swift, or prints how to get it.

required_swift=6.2

find_swift() {
  local place version
  for place in "" /usr/bin /usr/local/bin /opt/swift/usr/bin /usr/local/swift/usr/bin \
    "${SWIFTLY_BIN_DIR:-$HOME/.local/share/swiftly/bin}"; do
    if [ -n "$place" ]; then
      [ -x "$place/swift" ] || continue
      PATH="$place:$PATH"
    fi
    command -v swift >/dev/null || continue
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
    if [ "$(printf '%s\n' "$required_swift" "${version:-0}" | sort -V | head -n 1)" = "$required_swift" ]; then
      return 0
    fi
  done
  cat >&2 <<MESSAGE
Swift $required_swift or newer is needed to build aes67d, and was not found${version:+ (only Swift $version)}.
Install it from https://www.swift.org/install/linux/ (Debian 12 is among the choices), so that
\`swift --version\` works in this shell, and run this script again. If sudo hides it, keep the PATH:
  sudo env "PATH=\$PATH" scripts/install.sh
MESSAGE
  return 1
}
