// SPDX-License-Identifier: MIT

/// A master's periodic message (13.6). Two-step masters send its time in the Follow_Up.
public struct Sync: Hashable, Sendable, BitwiseCopyable {
  public var originTimestamp: Timestamp

  public init(originTimestamp: Timestamp) { self.originTimestamp = originTimestamp }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.sync.size)
    originTimestamp = Timestamp(bytes, at: 34)
  }

  func write(into bytes: inout MutableRawSpan) { originTimestamp.write(into: &bytes, at: 34) }
}
