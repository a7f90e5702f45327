// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// The timestamping capabilities of an interface, as reported by its driver (TS-01, TS-07).
public struct StampCapabilities: Hashable, Sendable {
  /// `SOF_TIMESTAMPING` bits, and the bits of `HWTSTAMP_TX` and `HWTSTAMP_FILTER` values.
  private enum Bit {
    static let hardware: UInt32 = 1 << 0 | 1 << 2 | 1 << 6
    static let softwareTransmit: UInt32 = 1 << 1
    static let transmitOn: UInt32 = 1 << 1
  }

  /// Receive filters that pass all PTPv2 event messages over UDP, the narrowest first: `PTP_V2_EVENT`,
  /// `PTP_V2_L4_EVENT`, `ALL`.
  private static let filters: [Int32] = [12, 6, 1]

  /// True if the driver timestamps sent packets. Bridges and tunnels may not report it although a driver below
  /// does.
  public var softwareTransmit: Bool
  /// The number of the card's clock, if it timestamps PTP in both directions: 0 for /dev/ptp0.
  public var hardwareClock: Int32?
  /// The receive filter that this requires.
  public var filter: Int32?

  /// - Parameter facts: the result of `ETHTOOL_GET_TS_INFO`.
  public init(flags: UInt32, clock: Int32, transmitTypes: UInt32, receiveFilters: UInt32) {
    softwareTransmit = flags & Bit.softwareTransmit != 0
    let filter = Self.filters.first { receiveFilters & 1 << UInt32($0) != 0 }
    guard flags & Bit.hardware == Bit.hardware, clock >= 0,
      transmitTypes & Bit.transmitOn != 0, let filter
    else { return }
    hardwareClock = clock
    self.filter = filter
  }

  /// Reads the capabilities from the driver of the interface of that name.
  public static func of(_ interface: String) throws(SystemError) -> StampCapabilities {
    var facts = clinux_stamp_facts()
    try kernel(.stampInformation, interface) {
      unsafe clinux_read_stamp_facts(interface, &facts)
    }
    return StampCapabilities(
      flags: facts.flags, clock: facts.clock, transmitTypes: facts.transmit_types,
      receiveFilters: facts.receive_filters)
  }

  /// Makes the interface timestamp PTP in hardware, unless it does already, for us or for another program. The
  /// setting is left in the end, because other programs may use it by then.
  ///
  /// - Throws: `EPERM` without CAP_NET_ADMIN.
  public func enableHardware(on interface: String) throws(SystemError) {
    guard let filter else {
      throw SystemError(call: .stampSetting, code: .notSupportedOnSocket, subject: interface)
    }
    var transmit: Int32 = 0
    var receive: Int32 = 0
    let known = unsafe clinux_read_stamp_setting(interface, &transmit, &receive)
    if known == 0, transmit == 1, Self.filters.contains(receive) { return }
    try kernel(.stampSetting, interface) {
      unsafe clinux_write_stamp_setting(interface, 1, filter)
    }
  }
}
