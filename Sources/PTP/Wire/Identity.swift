// SPDX-License-Identifier: MIT
public import Addressing

/// The identity of a clock (7.5.2.2).
public typealias ClockIdentity = EUI64

/// A port of a clock (7.5.2); ports count from 1.
public struct PortIdentity: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var clockIdentity: ClockIdentity
  public var portNumber: UInt16

  static let size = 10

  public init(clockIdentity: ClockIdentity, portNumber: UInt16) {
    self.clockIdentity = clockIdentity
    self.portNumber = portNumber
  }

  /// The target of a message for all ports (13.12.1).
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
