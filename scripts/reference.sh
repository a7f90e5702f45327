#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Writes the files that follow from the declarations of attributes and of the control API's values: the commented
# configuration file, the manual page aes67d.yaml(5), and the description of the control API.
#
#   scripts/reference.sh [--check]     --check: only checks whether the files are up to date
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
swift build -q --product Reference
program=$(swift build --show-bin-path)/Reference
"$program" file >"$scratch/aes67d.yaml"
"$program" manual >"$scratch/aes67d.yaml.5"
"$program" schemas >"$scratch/schemas.json"
python3 scripts/openapi.py "$scratch/schemas.json" >"$scratch/openapi.yaml"

stale=0
put() { # file, path in the repository
  cmp -s "$scratch/$1" "$2" && return
  if [ "${check:-no}" = yes ]; then
    echo "$2 is out of date: run scripts/reference.sh" >&2
    diff -u "$2" "$scratch/$1" | head -n 20 >&2 || true
    stale=1
  else
    cp "$scratch/$1" "$2"
    echo "wrote $2"
  fi
}
[ "${1-}" != --check ] || check=yes
put aes67d.yaml configs/aes67d.yaml
put aes67d.yaml.5 systemd/aes67d.yaml.5
put openapi.yaml Sources/Control/openapi.yaml
exit $stale
