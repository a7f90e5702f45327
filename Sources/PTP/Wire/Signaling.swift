// SPDX-License-Identifier: MIT

/// A request between ports (13.12), such as a unicast contract. Parsed and ignored.
public struct Signaling: Hashable, Sendable {
  public var targetPortIdentity: PortIdentity
  public var tlvs: [TLV]

  public init(targetPortIdentity: PortIdentity, tlvs: [TLV]) {
    self.targetPortIdentity = targetPortIdentity
    self.tlvs = tlvs
  }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.signaling.size)
    targetPortIdentity = PortIdentity(bytes, at: 34)
    tlvs = try TLV.all(in: bytes, from: MessageType.signaling.size)
  }

  func write(into bytes: inout MutableRawSpan) {
    targetPortIdentity.write(into: &bytes, at: 34)
    var offset = MessageType.signaling.size
    for tlv in tlvs {
      tlv.write(into: &bytes, at: offset)
      offset += tlv.size
    }
  }
}
