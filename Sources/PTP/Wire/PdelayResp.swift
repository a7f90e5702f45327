// SPDX-License-Identifier: MIT

/// A neighbour's answer when a Pdelay_Req arrived (13.10). Read, never sent: we measure end to end.
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
