// SPDX-License-Identifier: MIT
public import Addressing

/// A master's Announce (13.5): the values that the election compares. The time scale's flags are in the header.
public struct Announce: Hashable, Sendable, BitwiseCopyable {
  public var originTimestamp: Timestamp
  /// The offset in seconds.
  public var currentUtcOffset: Int16
  public var grandmasterPriority1: UInt8
  public var grandmasterClockQuality: ClockQuality
  public var grandmasterPriority2: UInt8
  public var grandmasterIdentity: ClockIdentity
  public var stepsRemoved: UInt16
  public var timeSource: UInt8

  public init(
    originTimestamp: Timestamp = .zero, currentUtcOffset: Int16, grandmasterPriority1: UInt8,
    grandmasterClockQuality: ClockQuality, grandmasterPriority2: UInt8,
    grandmasterIdentity: ClockIdentity, stepsRemoved: UInt16, timeSource: UInt8
  ) {
    self.originTimestamp = originTimestamp
    self.currentUtcOffset = currentUtcOffset
    self.grandmasterPriority1 = grandmasterPriority1
    self.grandmasterClockQuality = grandmasterClockQuality
    self.grandmasterPriority2 = grandmasterPriority2
    self.grandmasterIdentity = grandmasterIdentity
    self.stepsRemoved = stepsRemoved
    self.timeSource = timeSource
  }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.announce.size)
    originTimestamp = Timestamp(bytes, at: 34)
    currentUtcOffset = bytes.int16(at: 44)
    grandmasterPriority1 = bytes.uint8(at: 47)
    grandmasterClockQuality = ClockQuality(bytes, at: 48)
    grandmasterPriority2 = bytes.uint8(at: 52)
    grandmasterIdentity = ClockIdentity(bytes.uint64(at: 53))
    stepsRemoved = bytes.uint16(at: 61)
    timeSource = bytes.uint8(at: 63)
  }

  func write(into bytes: inout MutableRawSpan) {
    originTimestamp.write(into: &bytes, at: 34)
    bytes.put(currentUtcOffset, at: 44)
    bytes.put(0 as UInt8, at: 46)
    bytes.put(grandmasterPriority1, at: 47)
    grandmasterClockQuality.write(into: &bytes, at: 48)
    bytes.put(grandmasterPriority2, at: 52)
    bytes.put(grandmasterIdentity.bits, at: 53)
    bytes.put(stepsRemoved, at: 61)
    bytes.put(timeSource, at: 63)
  }
}
