// SPDX-License-Identifier: MIT

/// The EUI-64 that names a clock (IEEE 1588-2008, 7.5.2.2). Ordered bytewise, as elections need it.
public struct ClockIdentity: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var bits: UInt64

  public init(_ bits: UInt64) { self.bits = bits }

  /// From a 48-bit Ethernet address: FF FE goes into its middle, and no bit flips (MSG-04).
  public init(ethernetAddress address: UInt64) {
    bits = (address >> 24 & 0xFF_FFFF) << 40 | 0xFFFE << 24 | address & 0xFF_FFFF
  }

  public static let all = ClockIdentity(.max)

  public static func < (left: ClockIdentity, right: ClockIdentity) -> Bool {
    left.bits < right.bits
  }
}

extension ClockIdentity: CustomStringConvertible {
  /// As in SDP and in people's tools: 00-1D-C1-FF-FE-12-34-56.
  public var description: String {
    (0..<8).map { index in
      let byte = String(bits >> (56 - 8 * UInt64(index)) & 0xFF, radix: 16, uppercase: true)
      return byte.count == 1 ? "0" + byte : byte
    }.joined(separator: "-")
  }
}

/// A port of a clock (7.5.2); ports count from 1.
public struct PortIdentity: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var clockIdentity: ClockIdentity
  public var portNumber: UInt16

  static let size = 10

  public init(clockIdentity: ClockIdentity, portNumber: UInt16) {
    self.clockIdentity = clockIdentity
    self.portNumber = portNumber
  }

  /// The target of a message that is meant for everybody (13.12.1).
  public static let all = PortIdentity(clockIdentity: .all, portNumber: .max)

  init(_ bytes: RawSpan, at offset: Int) {
    clockIdentity = ClockIdentity(bytes.uint64(at: offset))
    portNumber = bytes.uint16(at: offset + 8)
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.put(clockIdentity.bits, at: offset)
    bytes.put(portNumber, at: offset + 8)
  }

  public static func < (left: PortIdentity, right: PortIdentity) -> Bool {
    (left.clockIdentity, left.portNumber) < (right.clockIdentity, right.portNumber)
  }
}
