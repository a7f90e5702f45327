// SPDX-License-Identifier: MIT

/// A neighbour's answer with the arrival time of a Pdelay_Req (13.10). Parsed, but never sent: this clock
/// measures end to end.
public struct PdelayResp: Hashable, Sendable, BitwiseCopyable {
  public var requestReceiptTimestamp: Timestamp
  public var requestingPortIdentity: PortIdentity

  public init(requestReceiptTimestamp: Timestamp, requestingPortIdentity: PortIdentity) {
    self.requestReceiptTimestamp = requestReceiptTimestamp
    self.requestingPortIdentity = requestingPortIdentity
  }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.pdelayResp.size)
    requestReceiptTimestamp = Timestamp(bytes, at: 34)
    requestingPortIdentity = PortIdentity(bytes, at: 44)
  }

  func write(into bytes: inout MutableRawSpan) {
    requestReceiptTimestamp.write(into: &bytes, at: 34)
    requestingPortIdentity.write(into: &bytes, at: 44)
  }
}
