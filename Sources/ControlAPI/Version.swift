// SPDX-License-Identifier: MIT

/// The version of the daemon and of the command, which are built and shipped together.
public let aes67Version = "0.1.0"
