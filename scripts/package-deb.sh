#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Makes the Debian package: daemon and command without need of a Swift runtime, plug-ins, configuration, units, catalog,
# manual pages and completions. The same sources give the same bytes, wherever and whenever it is made: all times are
# SOURCE_DATE_EPOCH, which is the last commit's unless it is given.
#
#   scripts/package-deb.sh [--built DIRECTORY] [--version VERSION] [--quick] [OUTPUT_DIRECTORY]
#
# OUTPUT_DIRECTORY is .build-deb by default. --built takes what scripts/build.sh made there, instead of building;
# --version is that of the daemon, with the time and name of the commit, by default; --quick compresses little, for tests.
set -euo pipefail
cd "$(dirname "$0")/.."

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
# Without git, as from an archive of the sources, the manifest is as old as they are.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Package.swift)}
export LC_ALL=C.UTF-8 TZ=UTC
commit=$(git rev-parse --short=8 HEAD 2>/dev/null || echo archive)
if [ -z "$built" ]; then
  # The libraries of the last release, not the newest of today. (The file itself is not kept in git: a build of the
  # core alone, which needs no library, removes it.)
  cp scripts/Package.resolved.pinned Package.resolved
  # Assertions of C libraries name their files: not where this checkout happens to be.
  AES67_BUILD_OPTIONS="-Xcc -ffile-prefix-map=$PWD=." CFLAGS="${CFLAGS:-} -ffile-prefix-map=$PWD=." \
    scripts/build.sh .build-install
  built=.build-install
fi
if [ -z "$version" ]; then
  # The program itself says which release it is of: no source file is read, whose text may change.
  release=$("$built/aes67d" --version) || release=""
  if [[ ! $release =~ ^[0-9]+(\.[0-9]+)*$ ]]; then
    echo "$built/aes67d --version does not answer with a version: '$release'. Build it anew, or give --version." >&2
    exit 1
  fi
  # Between releases a package is older than the next release and newer than the package of an earlier commit.
  version=$release~git$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S).$commit
fi

architecture=$(dpkg-architecture -qDEB_HOST_ARCH)
libraries=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/alsa-lib
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
umask 022
put() { install -D -m "$1" "$2" "$root/$3"; } # mode, file, place

programs() {
  local name
  for name in aes67d aes67; do
    [ -e "$built/$name" ] || continue
    put 755 "$built/$name" "usr/bin/$name"
    strip --remove-section=.comment --remove-section=.note "$root/usr/bin/$name"
    completions "$name"
  done
  for name in libasound_module_pcm_aes67.so libasound_module_ctl_aes67.so; do
    put 644 "$built/$name" "$libraries/$name"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/$libraries/$name"
  done
  # The command's other names, as scripts/build.sh made them.
  find "$built" -maxdepth 1 -type l -name 'aes67-*' -exec cp -P {} "$root/usr/bin/" \;
}

completions() {
  "$built/$1" --generate-completion-script bash | sed '1{/^#!/d}' >"$scratch/completion"
  put 644 "$scratch/completion" "usr/share/bash-completion/completions/$1"
  "$built/$1" --generate-completion-script zsh >"$scratch/completion"
  put 644 "$scratch/completion" "usr/share/zsh/vendor-completions/_$1"
  "$built/$1" --generate-completion-script fish >"$scratch/completion"
  put 644 "$scratch/completion" "usr/share/fish/vendor_completions.d/$1.fish"
}

manuals() {
  local page
  for page in systemd/*.[1-8] "$built"/man/*.[1-8]; do
    [ -e "$page" ] || continue
    put 644 "$page" "usr/share/man/man${page##*.}/$(basename "$page")"
    gzip -9nf "$root/usr/share/man/man${page##*.}/$(basename "$page")"
  done
}

configuration() {
  local profile
  put 644 configs/aes67d.yaml etc/aes67/aes67d.yaml
  put 644 configs/default.sdp etc/aes67/default.sdp
  put 644 configs/60-aes67.conf usr/share/alsa/alsa.conf.d/60-aes67.conf
  install -d "$root/etc/alsa/conf.d"
  ln -s /usr/share/alsa/alsa.conf.d/60-aes67.conf "$root/etc/alsa/conf.d/60-aes67.conf"
  for profile in configs/profiles/*; do
    [ ! -f "$profile" ] || put 644 "$profile" "usr/share/aes67/profiles/$(basename "$profile")"
  done
}

service() {
  local file
  put 644 systemd/aes67d.service usr/lib/systemd/system/aes67d.service
  scripts/instance-unit.sh >"$scratch/instance"
  put 644 "$scratch/instance" usr/lib/systemd/system/aes67d@.service
  put 644 systemd/aes67.sysusers usr/lib/sysusers.d/aes67.conf
  put 644 systemd/aes67.catalog usr/lib/systemd/catalog/aes67.catalog
  # For whoever wants that: hardware-clocks.sh puts the two others in their places, and takes them away.
  put 755 scripts/hardware-clocks.sh usr/share/aes67/hardware-clocks/hardware-clocks.sh
  for file in hardware-clocks.conf 60-aes67-hardware-clocks.rules; do
    put 644 "systemd/$file" "usr/share/aes67/hardware-clocks/$file"
  done
}

documents() {
  put 644 README.md usr/share/doc/aes67-vsc/README.md
  put 644 scripts/debian/copyright usr/share/doc/aes67-vsc/copyright
  put 644 scripts/debian/lintian-overrides usr/share/lintian/overrides/aes67-vsc
  { printf 'aes67-vsc (%s) unstable; urgency=medium\n\n  * Commit %s of the sources.\n\n' "$version" "$commit"
    printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' scripts/debian/control)" "$(date -R -d "@$SOURCE_DATE_EPOCH")"
  } >"$scratch/changelog"
  put 644 "$scratch/changelog" usr/share/doc/aes67-vsc/changelog
  gzip -9nf "$root/usr/share/doc/aes67-vsc/changelog"
}

metadata() {
  local depends size script
  install -d "$root/DEBIAN" "$scratch/stub/debian"
  printf 'Source: aes67-vsc\n\nPackage: aes67-vsc\nArchitecture: any\n' >"$scratch/stub/debian/control"
  depends=$(cd "$scratch/stub" && dpkg-shlibdeps -O --ignore-missing-info --warnings=1 -e "$root"/usr/bin/aes67d -e "$root/$libraries"/*pcm*.so |
    sed -n 's/^shlibs:Depends=//p')
  size=$(du -k --apparent-size -s "$root" | cut -f1)
  sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/; s/@DEPENDS@/$depends/" \
    scripts/debian/control >"$root/DEBIAN/control"
  printf '%s\n' /etc/aes67/aes67d.yaml /etc/aes67/default.sdp >"$root/DEBIAN/conffiles"
  for script in postinst prerm postrm; do install -m 755 "scripts/debian/$script" "$root/DEBIAN/$script"; done
  (cd "$root" && find etc usr -type f | sort | xargs md5sum) >"$root/DEBIAN/md5sums"
}

programs
manuals
configuration
service
documents
metadata
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$out"
# shellcheck disable=SC2086  # two words
dpkg-deb --root-owner-group -Z$compression --build "$root" "$out/aes67-vsc_${version}_$architecture.deb" >/dev/null
echo "$out/aes67-vsc_${version}_$architecture.deb"
