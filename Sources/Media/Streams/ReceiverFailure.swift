// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import LinuxIO

internal import struct SystemPackage.Errno

extension SystemError {
  /// The reason why `stream` cannot be received, and how to fix it.
  func explained(_ stream: ReceiverConfiguration) -> String {
    switch (call, code) {
    case (.bind, .addressInUse):
      "cannot listen on \(stream.address):\(stream.port): another program uses the port exclusively;"
        + " `ss -ulpn sport = :\(stream.port)` names it; trying again"
    case (.bind, .addressNotAvailable):
      "cannot listen on \(stream.address):\(stream.port): this host does not have that address;"
        + " trying again"
    case (_, .noBufferSpace):
      "cannot join \(stream.address): the kernel's limit of multicast groups is reached; raise it with"
        + " `sysctl net.ipv4.igmp_max_memberships=20` (and igmp_max_msf for source filters);"
        + " trying again"
    default: "\(self); trying again"
    }
  }
}
