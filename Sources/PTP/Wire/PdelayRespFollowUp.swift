// SPDX-License-Identifier: MIT

/// The exact departure time of the Pdelay_Resp with the same sequenceId (13.11).
public struct PdelayRespFollowUp: Hashable, Sendable, BitwiseCopyable {
  public var responseOriginTimestamp: Timestamp
  public var requestingPortIdentity: PortIdentity

  public init(responseOriginTimestamp: Timestamp, requestingPortIdentity: PortIdentity) {
    self.responseOriginTimestamp = responseOriginTimestamp
    self.requestingPortIdentity = requestingPortIdentity
  }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.pdelayRespFollowUp.size)
    responseOriginTimestamp = Timestamp(bytes, at: 34)
    requestingPortIdentity = PortIdentity(bytes, at: 44)
  }

  func write(into bytes: inout MutableRawSpan) {
    responseOriginTimestamp.write(into: &bytes, at: 34)
    requestingPortIdentity.write(into: &bytes, at: 44)
  }
}
