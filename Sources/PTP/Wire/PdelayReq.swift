// SPDX-License-Identifier: MIT

/// A neighbour's request in peer-to-peer networks (13.9); ten reserved octets follow the time.
public struct PdelayReq: Hashable, Sendable, BitwiseCopyable {
  public var originTimestamp: Timestamp

  public init(originTimestamp: Timestamp) { self.originTimestamp = originTimestamp }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.pdelayReq.size)
    originTimestamp = Timestamp(bytes, at: 34)
  }

  func write(into bytes: inout MutableRawSpan) {
    originTimestamp.write(into: &bytes, at: 34)
    bytes.put(0 as UInt64, at: 44)
    bytes.put(0 as UInt16, at: 52)
  }
}
