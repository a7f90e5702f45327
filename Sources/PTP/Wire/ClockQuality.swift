// SPDX-License-Identifier: MIT

/// The quality of a clock (5.3.7), the central part of every election.
public struct ClockQuality: Hashable, Sendable, BitwiseCopyable {
  public var clockClass: UInt8
  public var clockAccuracy: UInt8
  public var offsetScaledLogVariance: UInt16

  public init(clockClass: UInt8, clockAccuracy: UInt8, offsetScaledLogVariance: UInt16) {
    self.clockClass = clockClass
    self.clockAccuracy = clockAccuracy
    self.offsetScaledLogVariance = offsetScaledLogVariance
  }

  init(_ bytes: RawSpan, at offset: Int) {
    clockClass = bytes.uint8(at: offset)
    clockAccuracy = bytes.uint8(at: offset + 1)
    offsetScaledLogVariance = bytes.uint16(at: offset + 2)
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.put(clockClass, at: offset)
    bytes.put(clockAccuracy, at: offset + 1)
    bytes.put(offsetScaledLogVariance, at: offset + 2)
  }
}
