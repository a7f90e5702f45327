// SPDX-License-Identifier: MIT

/// The properties of the time scale (8.2.4). They are recorded and announced, but never applied: a leap second
/// must not move audio (SLV-09).
public struct TimePropertiesDataSet: Hashable, Sendable, BitwiseCopyable {
  /// The offset in seconds.
  public var currentUtcOffset: Int16
  /// The time scale's flags only, as in an Announce.
  public var flags: Flags
  public var timeSource: UInt8

  static let size = 4

  public init(currentUtcOffset: Int16, flags: Flags, timeSource: UInt8) {
    self.currentUtcOffset = currentUtcOffset
    self.flags = flags.intersection(.timeProperties)
    self.timeSource = timeSource
  }

  init(_ bytes: RawSpan) {
    self.init(
      currentUtcOffset: bytes.int16(at: 0), flags: Flags(rawValue: UInt16(bytes.uint8(at: 2))),
      timeSource: bytes.uint8(at: 3))
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.put(currentUtcOffset, at: offset)
    bytes.put(UInt8(truncatingIfNeeded: flags.rawValue), at: offset + 2)
    bytes.put(timeSource, at: offset + 3)
  }
}
