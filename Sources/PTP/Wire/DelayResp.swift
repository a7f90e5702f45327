// SPDX-License-Identifier: MIT

/// A master's answer with the arrival time of a Delay_Req (13.8).
public struct DelayResp: Hashable, Sendable, BitwiseCopyable {
  public var receiveTimestamp: Timestamp
  public var requestingPortIdentity: PortIdentity

  public init(receiveTimestamp: Timestamp, requestingPortIdentity: PortIdentity) {
    self.receiveTimestamp = receiveTimestamp
    self.requestingPortIdentity = requestingPortIdentity
  }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.delayResp.size)
    receiveTimestamp = Timestamp(bytes, at: 34)
    requestingPortIdentity = PortIdentity(bytes, at: 44)
  }

  func write(into bytes: inout MutableRawSpan) {
    receiveTimestamp.write(into: &bytes, at: 34)
    requestingPortIdentity.write(into: &bytes, at: 44)
  }
}
