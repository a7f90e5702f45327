// SPDX-License-Identifier: MIT

/// A slave's request for the arrival time of this very message (13.6).
public struct DelayReq: Hashable, Sendable, BitwiseCopyable {
  public var originTimestamp: Timestamp

  public init(originTimestamp: Timestamp) { self.originTimestamp = originTimestamp }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.delayReq.size)
    originTimestamp = Timestamp(bytes, at: 34)
  }

  func write(into bytes: inout MutableRawSpan) { originTimestamp.write(into: &bytes, at: 34) }
}
