// SPDX-License-Identifier: MIT

/// Of the daemon and of the command: they are built and shipped together.
public let aes67Version = "0.1.0"
