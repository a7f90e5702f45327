// SPDX-License-Identifier: MIT

/// The exact departure time of the Sync with the same sequenceId (13.7).
public struct FollowUp: Hashable, Sendable, BitwiseCopyable {
  public var preciseOriginTimestamp: Timestamp

  public init(preciseOriginTimestamp: Timestamp) {
    self.preciseOriginTimestamp = preciseOriginTimestamp
  }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.followUp.size)
    preciseOriginTimestamp = Timestamp(bytes, at: 34)
  }

  func write(into bytes: inout MutableRawSpan) {
    preciseOriginTimestamp.write(into: &bytes, at: 34)
  }
}
