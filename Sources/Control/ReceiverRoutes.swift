// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import HTTPTypes
internal import Hummingbird
internal import Session

extension Router<ControlRequestContext> {
  /// Receivers that come, change and go; each by its identifier or its name.
  func addReceiverRoutes(_ control: ControlContext) {
    post("v1/receivers") { request, context in
      let requested = try await request.decode(as: ReceiverRequest.self, context: context)
      let id = try control.add(
        try control.receiver(requested), replacing: requested.replaces ?? false)
      control.manager.persistStreams()
      return JSONAnswer(try control.receiverStatus(id), status: .created)
    }
    patch("v1/receivers/:name") { request, context in
      let requested = try await request.decode(as: ReceiverRequest.self, context: context)
      let (id, old) = try control.receiver(named: try context.pathName())
      let new = try requested.applied(to: old, defaults: control.manager.configuration.defaults)
      try control.giveWay(to: new, but: id, if: requested.replaces ?? false) {
        try changing { try control.streams.change(id, to: new) }
      }
      control.manager.persistStreams()
      return JSONAnswer(try control.receiverStatus(id))
    }
    delete("v1/receivers/:name") { _, context in
      let (id, _) = try control.receiver(named: try context.pathName())
      try changing { try control.streams.removeReceiver(id) }
      control.manager.persistStreams()
      return HTTPResponse.Status.noContent
    }
  }
}

extension ControlContext {
  /// A new receiver, with what was not said filled in.
  fileprivate func receiver(_ requested: ReceiverRequest) throws -> ReceiverConfiguration {
    guard requested.address != nil || requested.session != nil || requested.sdp != nil else {
      throw ControlError(
        .badRequest, "address is missing",
        hint: "expected an IPv4 address, or instead a session or the text of an SDP description")
    }
    let others = streams.receivers.map(\.configuration)
    let usual = manager.configuration
    let channels = try requested.channels ?? described(requested)?.channels ?? 8
    let defaults = ReceiverConfiguration(
      name: "", address: .any, port: usual.network.port, source: nil, encoding: .l24,
      channels: channels, firstChannel: 1, payloadType: nil,
      linkOffset: usual.defaults.linkOffset.offset, alignment: .mediaClock, timestampOffset: 0,
      automaticOffset: usual.defaults.linkOffset.automatic,
      group: requested.alignment == "arrival" ? nil : ReceiverConfiguration.clockGroup,
      conceals: usual.defaults.conceals)
    var receiver = try requested.applied(to: defaults, defaults: usual.defaults)
    if requested.firstChannel == nil {
      guard let free = freeBlock(receiver.channels, others.map(\.deviceChannels)) else {
        throw ControlError(
          .conflict, "no \(receiver.channels) capture channels are free beside each other",
          hint: "take those of a receiver that you do not need:"
            + " `aes67 subscribe NAME --to 1 --replace`")
      }
      receiver.firstChannel = free
    }
    if requested.name == nil {
      receiver.name =
        receiver.subscription?.name ?? freeName("receiver", others.map(\.name))
    }
    try refuse(name: receiver.name, among: others.map(\.name))
    return receiver
  }

  /// The stream that is asked for, where it is known already.
  private func described(_ requested: ReceiverRequest) throws -> (name: String, channels: Int)? {
    if let text = requested.sdp {
      return try StreamDescription(requested: text).map { ($0.name, $0.channels) }
    }
    guard let requested = requested.session else { return nil }
    let matching = sessions().sessions.filter { session in
      session.name == requested || session.origin == requested
        || session.streams.contains { $0.name == requested }
    }
    guard let session = matching.first(where: { !$0.isOwn }) ?? matching.first else { return nil }
    guard !session.isOwn else {
      throw ControlError(
        .conflict, "\"\(requested)\" is what this host sends itself",
        hint: "programs here hear it with network.loopback: true and"
          + " `aes67 sdp SENDER | aes67 subscribe --sdp -`")
    }
    let stream = session.streams.first { $0.name == requested } ?? session.streams.first
    return stream.map { ($0.name, $0.channels) }
  }

  fileprivate func add(
    _ receiver: ReceiverConfiguration, replacing: Bool
  ) throws -> StreamID {
    try giveWay(to: receiver, but: nil, if: replacing) {
      try changing { try streams.add(receiver) }
    }
  }

  /// Removes receivers that fill the channels of `new`, if that is requested; they come back where `change`
  /// is refused all the same.
  fileprivate func giveWay<Answer>(
    to new: ReceiverConfiguration, but id: StreamID?, if requested: Bool,
    _ change: () throws -> Answer
  ) throws -> Answer {
    let inTheWay = streams.receivers.filter {
      $0.id != id && $0.configuration.deviceChannels.overlaps(new.deviceChannels)
    }
    if !requested, let first = inTheWay.first {
      throw ControlError(
        .conflict,
        "receiver \"\(first.configuration.name)\" fills channel"
          + " \(max(first.configuration.firstChannel, new.firstChannel)) already",
        hint: "choose other channels with --to, or let it give way with --replace")
    }
    for receiver in inTheWay { try changing { try streams.removeReceiver(receiver.id) } }
    do {
      return try change()
    } catch {
      for receiver in inTheWay { _ = try? streams.add(receiver.configuration) }
      throw error
    }
  }

  fileprivate func receiver(named name: String) throws -> (StreamID, ReceiverConfiguration) {
    let all = streams.receivers
    guard let found = all.first(where: { "\($0.id)" == name || $0.configuration.name == name })
    else { throw ControlError.unknown("receiver", name, among: all.map(\.configuration.name)) }
    return (found.id, found.configuration)
  }

  fileprivate func receiverStatus(_ id: StreamID) throws -> ReceiverStatus {
    guard let status = streams.status().receivers.first(where: { $0.id == id.number }) else {
      throw ControlError.unknown("receiver", "\(id)", among: [])
    }
    return status
  }
}

extension StreamDescription {
  /// The first stream of a description that came with a request.
  init?(requested text: String) throws(ControlError) {
    do throws(DescriptionFile.Problem) {
      guard let first = try DescriptionFile(text: text, named: "sdp").streams.first else {
        return nil
      }
      self = first
    } catch {
      throw ControlError(.badRequest, "\(error)", hint: "expected an SDP description (RFC 4566)")
    }
  }
}
