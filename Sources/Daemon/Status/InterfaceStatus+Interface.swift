// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import LinuxIO

extension InterfaceStatus {
  /// - Parameter used: the index of the interface that streams use; nil while there is none.
  init(_ interface: NetworkInterface, speed: LinkSpeed?, used: UInt32?) {
    self.init(
      name: interface.name, index: interface.index, kind: interface.kind.rawValue,
      addresses: interface.addresses.map(\.description),
      hardwareAddress: interface.ethernetAddress.map(Self.hardware),
      isUp: interface.isUp, hasCarrier: interface.isRunning, speedMegabits: speed?.megabits,
      duplex: speed?.isFullDuplex.map { $0 ? "full" : "half" }, isUsed: interface.index == used,
      problem: Self.problem(interface))
  }

  private static func problem(_ interface: NetworkInterface) -> String? {
    if !interface.isUp { return "down" }
    if !interface.isRunning { return "no carrier" }
    if interface.addresses.isEmpty { return "no IPv4 address" }
    return interface.isMulticast || interface.isLoopback ? nil : "no multicast"
  }

  /// The notation that is printed on cards.
  private static func hardware(_ address: UInt64) -> String {
    (0..<6).reversed().map { place in
      let byte = String(UInt8(truncatingIfNeeded: address >> UInt64(8 * place)), radix: 16)
      return byte.utf8.count < 2 ? "0\(byte)" : byte
    }.joined(separator: ":")
  }
}
