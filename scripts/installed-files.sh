# SPDX-License-Identifier: MIT
#
# Sourced by install.sh, uninstall.sh and background.sh: where everything goes.

# shellcheck disable=SC2034  # used by those that source this
daemon=/usr/bin/aes67d
plugin_directory=$(pkg-config --variable=libdir alsa 2>/dev/null || echo "/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)")/alsa-lib
alsa_shipped=/usr/share/alsa/alsa.conf.d
alsa_enabled=/etc/alsa/conf.d
configuration=/etc/aes67
shared=/usr/share/aes67
unit=/usr/lib/systemd/system/aes67d.service
sysusers=/usr/lib/sysusers.d/aes67.conf
runtime=/run/aes67
log=/var/log/aes67d.log
