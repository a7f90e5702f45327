// SPDX-License-Identifier: MIT

/// One PTP message: the common header and the body of its type.
public struct Message: Hashable, Sendable {
  public enum Body: Hashable, Sendable {
    case sync(Sync)
    case delayReq(DelayReq)
    case pdelayReq(PdelayReq)
    case pdelayResp(PdelayResp)
    case followUp(FollowUp)
    case delayResp(DelayResp)
    case pdelayRespFollowUp(PdelayRespFollowUp)
    case announce(Announce)
    case signaling(Signaling)
    case management(Management)

    public var messageType: MessageType {
      switch self {
      case .sync: .sync
      case .delayReq: .delayReq
      case .pdelayReq: .pdelayReq
      case .pdelayResp: .pdelayResp
      case .followUp: .followUp
      case .delayResp: .delayResp
      case .pdelayRespFollowUp: .pdelayRespFollowUp
      case .announce: .announce
      case .signaling: .signaling
      case .management: .management
      }
    }
  }

  public var header: Header
  public var body: Body

  public init(_ header: Header, _ body: Body) {
    self.header = header
    self.body = body
  }

  /// Parses a datagram. Bytes after the message's own length are padding, and unknown TLVs are skipped (PTP-10,
  /// PTP-11).
  public init(parsing datagram: RawSpan) throws(PTPError) {
    let envelope = try Envelope(parsing: datagram)
    let bytes = datagram.extracting(first: envelope.messageLength)
    header = try Header(parsing: bytes)
    switch envelope.messageType {
    case .sync: body = .sync(try Sync(parsing: bytes))
    case .delayReq: body = .delayReq(try DelayReq(parsing: bytes))
    case .pdelayReq: body = .pdelayReq(try PdelayReq(parsing: bytes))
    case .pdelayResp: body = .pdelayResp(try PdelayResp(parsing: bytes))
    case .followUp: body = .followUp(try FollowUp(parsing: bytes))
    case .delayResp: body = .delayResp(try DelayResp(parsing: bytes))
    case .pdelayRespFollowUp: body = .pdelayRespFollowUp(try PdelayRespFollowUp(parsing: bytes))
    case .announce: body = .announce(try Announce(parsing: bytes))
    case .signaling: body = .signaling(try Signaling(parsing: bytes))
    case .management: body = .management(try Management(parsing: bytes))
    }
    try TLV.skip(in: bytes, from: envelope.messageType.size)
  }

  public init(parsing datagram: [UInt8]) throws(PTPError) {
    // Safety: bytes as bytes.
    try self.init(parsing: unsafe datagram.span.bytes)
  }

  /// The size in bytes.
  public var size: Int {
    switch body {
    case .signaling(let signaling):
      MessageType.signaling.size + signaling.tlvs.reduce(0) { $0 + $1.size }
    case .management(let management): MessageType.management.size + management.content.size
    default: body.messageType.size
    }
  }

  /// Writes the message at the start of `bytes`, which must hold `size`.
  public func write(into bytes: inout MutableRawSpan) {
    header.write(into: &bytes, type: body.messageType, length: size)
    switch body {
    case .sync(let message): message.write(into: &bytes)
    case .delayReq(let message): message.write(into: &bytes)
    case .pdelayReq(let message): message.write(into: &bytes)
    case .pdelayResp(let message): message.write(into: &bytes)
    case .followUp(let message): message.write(into: &bytes)
    case .delayResp(let message): message.write(into: &bytes)
    case .pdelayRespFollowUp(let message): message.write(into: &bytes)
    case .announce(let message): message.write(into: &bytes)
    case .signaling(let message): message.write(into: &bytes)
    case .management(let message): message.write(into: &bytes)
    }
  }

  /// The message as bytes.
  public var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    var elements = bytes.mutableSpan
    // Safety: any byte is a UInt8.
    var span = unsafe elements.mutableBytes
    write(into: &span)
    return bytes
  }
}
