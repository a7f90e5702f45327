// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import EventLog
internal import LinuxIO
internal import Logging
internal import PTP

internal import struct SystemPackage.Errno

/// Messages about PTP's ports: the programs that use them, and the remedy.
struct PTPPortAdvice {
  private let configuration: Configuration.NetworkClock
  private let log: Logger

  init(_ configuration: Configuration.NetworkClock, _ log: Logger) {
    self.configuration = configuration
    self.log = log
  }

  /// The remedy for `error`, as the end of a sentence; empty if none is known.
  func hint(for error: SystemError) -> String {
    switch error.code {
    case .notPermitted, .permissionDenied:
      "; grant CAP_NET_BIND_SERVICE, as the systemd unit does, or set ptp.mode: off"
    case .addressInUse:
      "; \(others) uses PTP's ports exclusively: stop it, follow the clock that it keeps (clock.source), "
        + "or set ptp.mode: off. Streams run by this host's clock, and PTP starts once the ports are free"
    default: ""
    }
  }

  private var others: String {
    var names: [String] = []
    for port in [PTPSocket.eventPort, PTPSocket.generalPort] {
      for name in PortHolders.names(of: port) where !names.contains(name) { names.append(name) }
    }
    return names.isEmpty ? "another program" : names.joined(separator: " and ")
  }

  /// Warns of other programs. Two programs may share the ports, and both receive every multicast message. But
  /// by default both have the identity of the Ethernet address, and mistake each other for themselves (PTP-08).
  func warnOfOthers(on interface: NetworkInterface) {
    let isFree = [PTPSocket.eventPort, PTPSocket.generalPort].allSatisfy {
      PortHolders.isFree($0, on: interface)
    }
    if isFree || configuration.clockIdentity != nil { return }
    let line =
      "\(others) also uses PTP's ports on \(interface.name): if it runs a clock there, "
      + "give this one another ptp.clock-identity, or follow that clock (clock.source)"
    log.record(.clockPortsShared, line, [.interface: interface.name, .reason: line])
  }
}
