// SPDX-License-Identifier: MIT

// Addresses are values that the protocols know too; whoever opens sockets needs no second import.
@_exported public import Addressing
