# SPDX-License-Identifier: MIT
#
# Sourced by install.sh, uninstall.sh and background.sh: where everything goes.

# shellcheck disable=SC2034  # used by those that source this
daemon=/usr/bin/aes67d
command=/usr/bin/aes67
# Each verb is a command by itself, too: aes67-stats is aes67 stats.
verbs=(list subscribe unsubscribe stream sdp stats monitor glitches configure doctor)
plugin_directory=$(pkg-config --variable=libdir alsa 2>/dev/null || echo "/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)")/alsa-lib
alsa_shipped=/usr/share/alsa/alsa.conf.d
alsa_enabled=/etc/alsa/conf.d
configuration=/etc/aes67
shared=/usr/share/aes67
unit=/usr/lib/systemd/system/aes67d.service
sysusers=/usr/lib/sysusers.d/aes67.conf
catalog=/usr/lib/systemd/catalog/aes67.catalog
bash_completions=/usr/share/bash-completion/completions
zsh_completions=/usr/share/zsh/vendor-completions
fish_completions=/usr/share/fish/vendor_completions.d
manuals=/usr/share/man/man1
runtime=/run/aes67
log=/var/log/aes67d.log
