#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Prints aes67d@.service, which is aes67d.service for a second sound card on the interface of the instance's name, with
# its own instance, runtime and state directory. One file is the source of both, so that they never differ.
#
#   scripts/instance-unit.sh >aes67d@.service
set -euo pipefail
cd "$(dirname "$0")/.."

sed -E \
  -e '/^# (The sound card of this host|scripts\/instance-unit)/d' \
  -e 's/^(Description=.*)/\1 on %I/' \
  -e 's#^(ExecStart=/usr/bin/aes67d)$#\1 --instance=%i --interface=%I#' \
  -e 's#^(RuntimeDirectory|StateDirectory)=aes67$#\1=aes67-%i#' \
  systemd/aes67d.service
