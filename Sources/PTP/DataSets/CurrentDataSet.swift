// SPDX-License-Identifier: MIT

/// The relation of this clock to its master (8.2.2).
public struct CurrentDataSet: Hashable, Sendable, BitwiseCopyable {
  public var stepsRemoved: UInt16
  public var offsetFromMaster: TimeInterval
  public var meanPathDelay: TimeInterval

  static let size = 18

  public init(stepsRemoved: UInt16, offsetFromMaster: TimeInterval, meanPathDelay: TimeInterval) {
    self.stepsRemoved = stepsRemoved
    self.offsetFromMaster = offsetFromMaster
    self.meanPathDelay = meanPathDelay
  }

  init(_ bytes: RawSpan) {
    stepsRemoved = bytes.uint16(at: 0)
    offsetFromMaster = TimeInterval(scaled: Int64(bitPattern: bytes.uint64(at: 2)))
    meanPathDelay = TimeInterval(scaled: Int64(bitPattern: bytes.uint64(at: 10)))
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.put(stepsRemoved, at: offset)
    bytes.put(UInt64(bitPattern: offsetFromMaster.scaled), at: offset + 2)
    bytes.put(UInt64(bitPattern: meanPathDelay.scaled), at: offset + 10)
  }
}
