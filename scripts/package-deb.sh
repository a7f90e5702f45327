#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Makes the Debian package: daemon and command with the Swift runtime that they share, plug-ins, configuration, units,
# catalog, manual pages and completions. The same sources give the same bytes, wherever and whenever it is made: all times are
# SOURCE_DATE_EPOCH, by default that of the last commit.
#
#   scripts/package-deb.sh [--built DIRECTORY] [--version VERSION] [--quick] [OUTPUT_DIRECTORY]
#
# OUTPUT_DIRECTORY is .build-deb by default. --built packages the programs that scripts/build.sh made in DIRECTORY; --version
# is by default that of the daemon, with the time and name of the commit; --quick compresses little, for tests.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed-files.sh

built="" version="" out=.build-deb compression=xz
while [ $# -gt 0 ]; do
  case $1 in
    --built) built=$2; shift 2 ;;
    --version) version=$2; shift 2 ;;
    --quick) compression="gzip -z1"; shift ;;
    -*) sed -n '4,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
    *) out=$1; shift ;;
  esac
done
# Without git, as in an archive of the sources, the date is that of the manifest.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Package.swift)}
export LC_ALL=C.UTF-8 TZ=UTC
commit=$(git rev-parse --short=8 HEAD 2>/dev/null || echo archive)
if [ -z "$built" ]; then
  # The library versions of the last release, not the newest ones. Package.resolved is not kept in git, because a build of the core, which
  # needs no library, removes it.
  cp scripts/Package.resolved.pinned Package.resolved
  # Assertions of C libraries contain file names, which must not depend on the directory of this checkout.
  AES67_BUILD_OPTIONS="-Xcc -ffile-prefix-map=$PWD=." CFLAGS="${CFLAGS:-} -ffile-prefix-map=$PWD=." \
    scripts/build.sh .build-install
  built=.build-install
fi
if [ -z "$version" ]; then
  # The program prints its release, so that no source file must be parsed.
  release=$("$built/aes67d" --version) || release=""
  if [[ ! $release =~ ^[0-9]+(\.[0-9]+)*$ ]]; then
    echo "$built/aes67d --version does not print a version: '$release'. Build it again, or give --version." >&2
    exit 1
  fi
  # Between releases a package is older than the next release and newer than the package of an earlier commit.
  version=$release~git$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S).$commit
fi

architecture=$(dpkg-architecture -qDEB_HOST_ARCH)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
umask 022
place() { install -D -m "$1" "$2" "$root/$3"; } # mode, file, place

strip_programs() {
  local name
  for name in aes67d aes67; do strip --remove-section=.comment --remove-section=.note "$root/usr/bin/$name"; done
  for name in "${plugins[@]}"; do
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root$plugin_directory/$name"
  done
}

configuration() {
  place 644 configs/aes67d.yaml etc/aes67/aes67d.yaml
  place 644 configs/default.sdp etc/aes67/default.sdp
}

documents() {
  place 644 README.md usr/share/doc/aes67-vsc/README.md
  place 644 scripts/debian/copyright usr/share/doc/aes67-vsc/copyright
  place 644 scripts/debian/lintian-overrides usr/share/lintian/overrides/aes67-vsc
  { printf 'aes67-vsc (%s) unstable; urgency=medium\n\n  * Commit %s of the sources.\n\n' "$version" "$commit"
    printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' scripts/debian/control)" "$(date -R -d "@$SOURCE_DATE_EPOCH")"
  } >"$scratch/changelog"
  place 644 "$scratch/changelog" usr/share/doc/aes67-vsc/changelog
  gzip -9nf "$root/usr/share/doc/aes67-vsc/changelog"
}

metadata() {
  local depends size script file binaries=()
  install -d "$root/DEBIAN" "$scratch/stub/debian"
  printf 'Source: aes67-vsc\n\nPackage: aes67-vsc\nArchitecture: any\n' >"$scratch/stub/debian/control"
  for file in "$root"/usr/bin/aes67d "$root"/usr/bin/aes67 "$root$runtime_libraries"/*.so "$root$plugin_directory"/*.so; do
    binaries+=(-e "$file")
  done
  # dpkg-shlibdeps warns of each library of the runtime, because their names have no version.
  depends=$(cd "$scratch/stub" && dpkg-shlibdeps -O --ignore-missing-info --warnings=1 -l"$root$runtime_libraries" \
    "${binaries[@]}" 2> >(grep -v "can't extract name and version" >&2) |
    sed -n 's/^shlibs:Depends=//p')
  size=$(du -k --apparent-size -s "$root" | cut -f1)
  sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/; s/@DEPENDS@/$depends/" \
    scripts/debian/control >"$root/DEBIAN/control"
  printf '%s\n' /etc/aes67/aes67d.yaml /etc/aes67/default.sdp >"$root/DEBIAN/conffiles"
  for script in postinst prerm postrm; do install -m 755 "scripts/debian/$script" "$root/DEBIAN/$script"; done
  (cd "$root" && find etc usr -type f | sort | xargs md5sum) >"$root/DEBIAN/md5sums"
}

stage_files "$built" "$root"
strip_programs
configuration
documents
metadata
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$out"
# shellcheck disable=SC2086  # two words
dpkg-deb --root-owner-group -Z$compression --build "$root" "$out/aes67-vsc_${version}_$architecture.deb" >/dev/null
echo "$out/aes67-vsc_${version}_$architecture.deb"
