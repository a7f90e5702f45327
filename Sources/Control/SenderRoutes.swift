// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import HTTPTypes
internal import Hummingbird

extension Router<ControlRequestContext> {
  /// Senders that come, change and go; each by its identifier or its name.
  func addSenderRoutes(_ control: ControlContext) {
    post("v1/senders") { request, context in
      let requested = try await request.decode(as: SenderRequest.self, context: context)
      let id = try changing { try control.streams.add(try control.sender(requested)) }
      control.manager.persistStreams()
      return JSONAnswer(try control.senderStatus(id), status: .created)
    }
    patch("v1/senders/:name") { request, context in
      let requested = try await request.decode(as: SenderRequest.self, context: context)
      let (id, old) = try control.sender(named: try context.pathName())
      let new = try requested.applied(to: old)
      try changing { try control.streams.change(id, to: new) }
      control.manager.persistStreams()
      return JSONAnswer(try control.senderStatus(id))
    }
    delete("v1/senders/:name") { _, context in
      let (id, _) = try control.sender(named: try context.pathName())
      try changing { try control.streams.removeSender(id) }
      control.manager.persistStreams()
      return HTTPResponse.Status.noContent
    }
    get("v1/senders/:name/sdp") { _, context in
      let (_, sender) = try control.sender(named: try context.pathName())
      let own = control.sessions().sessions.first { $0.isOwn && $0.name == sender.name }
      guard let own else {
        throw ControlError(
          .conflict, "sender \"\(sender.name)\" is not announced",
          hint: "it has a description while it runs; `aes67 stats` says whether it does")
      }
      return Response(
        status: .ok,
        headers: [.contentType: "application/sdp; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: own.sdp)))
    }
  }
}

/// Answers why streams were not changed.
func changing<Answer>(_ change: () throws -> Answer) throws -> Answer {
  do {
    return try change()
  } catch let error as any StreamChangeRefusal {
    switch error.cause {
    case .unknownStream:
      throw ControlError(.notFound, "\(error)", hint: "`aes67 stats` lists the streams")
    case .full: throw ControlError(.conflict, "\(error)", hint: "`aes67 stream remove NAME`")
    case .invalid(let keys):
      throw ControlError(
        .conflict, "\(error)", hint: "change \(keys.joined(separator: " or "))")
    case .stopping:
      throw ControlError(.serviceUnavailable, "\(error)", hint: "ask again when it runs")
    }
  }
}

extension ControlContext {
  /// A new sender, with what was not said filled in.
  fileprivate func sender(_ requested: SenderRequest) throws -> SenderConfiguration {
    let others = streams.senders.map(\.configuration)
    let channels = requested.channels ?? 8
    let usual = manager.configuration
    let defaults = SenderConfiguration(
      name: "", address: freeGroup(others), port: usual.network.port, channels: 8,
      firstChannel: freeBlock(channels, others.map(\.deviceChannels)) ?? 1,
      packetTime: usual.defaults.packetTime, payloadType: usual.defaults.payloadType)
    var sender = try requested.applied(to: defaults)
    if requested.name == nil { sender.name = freeName("sender", others.map(\.name)) }
    try refuse(name: sender.name, among: others.map(\.name))
    return sender
  }

  func refuse(name: String, among names: [String]) throws {
    guard names.contains(name) else { return }
    throw ControlError(
      .conflict, "there is a stream \"\(name)\" already", hint: "choose another name, or change it")
  }

  /// The first group 239.69.x.n, x our address's last number, that no sender has.
  private func freeGroup(_ others: [SenderConfiguration]) -> IPv4Address {
    let host = streams.interface().map { $0.address.bits & 0xFF } ?? 1
    let taken = Set(others.map(\.address))
    let groups = (1...254 as ClosedRange<UInt32>).map {
      IPv4Address(bits: 0xEF45_0000 | host << 8 | $0)
    }
    return groups.first { !taken.contains($0) } ?? groups[0]
  }

  /// The first block of so many channels that is nobody's, in steps of its length; nil where none is.
  func freeBlock(_ channels: Int, _ taken: [Range<Int>]) -> Int? {
    guard (1...deviceChannels).contains(channels) else { return nil }
    let starts = stride(from: 0, through: deviceChannels - channels, by: channels)
    let free = starts.first { start in !taken.contains { $0.overlaps(start..<start + channels) } }
    return free.map { $0 + 1 }
  }

  func freeName(_ kind: String, _ names: [String]) -> String {
    var number = 1
    while names.contains("\(kind) \(number)") { number += 1 }
    return "\(kind) \(number)"
  }

  fileprivate func sender(named name: String) throws -> (StreamID, SenderConfiguration) {
    let all = streams.senders
    guard let found = all.first(where: { "\($0.id)" == name || $0.configuration.name == name })
    else { throw ControlError.unknown("sender", name, among: all.map(\.configuration.name)) }
    return (found.id, found.configuration)
  }

  fileprivate func senderStatus(_ id: StreamID) throws -> SenderStatus {
    guard let status = streams.status().senders.first(where: { $0.id == id.number }) else {
      throw ControlError.unknown("sender", "\(id)", among: [])
    }
    return status
  }
}
