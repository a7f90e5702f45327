// SPDX-License-Identifier: MIT
public import Addressing

/// The master that this clock follows, and its grandmaster (8.2.3); this clock's own values if it is
/// grandmaster.
public struct ParentDataSet: Hashable, Sendable, BitwiseCopyable {
  public var parentPortIdentity: PortIdentity
  public var parentStats: Bool
  public var observedParentOffsetScaledLogVariance: UInt16
  public var observedParentClockPhaseChangeRate: Int32
  public var grandmasterPriority1: UInt8
  public var grandmasterClockQuality: ClockQuality
  public var grandmasterPriority2: UInt8
  public var grandmasterIdentity: ClockIdentity

  static let size = 32

  public init(
    parentPortIdentity: PortIdentity, grandmasterPriority1: UInt8,
    grandmasterClockQuality: ClockQuality, grandmasterPriority2: UInt8,
    grandmasterIdentity: ClockIdentity
  ) {
    self.parentPortIdentity = parentPortIdentity
    self.grandmasterPriority1 = grandmasterPriority1
    self.grandmasterClockQuality = grandmasterClockQuality
    self.grandmasterPriority2 = grandmasterPriority2
    self.grandmasterIdentity = grandmasterIdentity
    // Not measured; these are the standard's values for that (8.2.3.3, 8.2.3.4).
    parentStats = false
    observedParentOffsetScaledLogVariance = 0xFFFF
    observedParentClockPhaseChangeRate = 0x7FFF_FFFF
  }

  /// The data set of a grandmaster (table 13): the parent is this clock itself, port 0.
  public init(grandmaster own: DefaultDataSet) {
    self.init(
      parentPortIdentity: PortIdentity(clockIdentity: own.clockIdentity, portNumber: 0),
      grandmasterPriority1: own.priority1, grandmasterClockQuality: own.clockQuality,
      grandmasterPriority2: own.priority2, grandmasterIdentity: own.clockIdentity)
  }

  /// The data set of a slave of `parent` (table 16).
  public init(_ announce: Announce, from parent: PortIdentity) {
    self.init(
      parentPortIdentity: parent, grandmasterPriority1: announce.grandmasterPriority1,
      grandmasterClockQuality: announce.grandmasterClockQuality,
      grandmasterPriority2: announce.grandmasterPriority2,
      grandmasterIdentity: announce.grandmasterIdentity)
  }

  init(_ bytes: RawSpan) {
    parentPortIdentity = PortIdentity(bytes, at: 0)
    parentStats = bytes.uint8(at: 10) & 1 != 0
    observedParentOffsetScaledLogVariance = bytes.uint16(at: 12)
    observedParentClockPhaseChangeRate = Int32(bitPattern: bytes.uint32(at: 14))
    grandmasterPriority1 = bytes.uint8(at: 18)
    grandmasterClockQuality = ClockQuality(bytes, at: 19)
    grandmasterPriority2 = bytes.uint8(at: 23)
    grandmasterIdentity = ClockIdentity(bytes.uint64(at: 24))
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    parentPortIdentity.write(into: &bytes, at: offset)
    bytes.put(parentStats ? 1 : 0 as UInt8, at: offset + 10)
    bytes.put(0 as UInt8, at: offset + 11)
    bytes.put(observedParentOffsetScaledLogVariance, at: offset + 12)
    bytes.put(UInt32(bitPattern: observedParentClockPhaseChangeRate), at: offset + 14)
    bytes.put(grandmasterPriority1, at: offset + 18)
    grandmasterClockQuality.write(into: &bytes, at: offset + 19)
    bytes.put(grandmasterPriority2, at: offset + 23)
    bytes.put(grandmasterIdentity.bits, at: offset + 24)
  }
}
