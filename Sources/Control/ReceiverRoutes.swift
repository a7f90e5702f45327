// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import HTTPTypes
internal import Hummingbird
internal import MediaClock
internal import Session

extension Router<ControlContext> {
  /// Receivers that come, change and go; each by its identifier or its name.
  func addReceiverRoutes(_ desk: ControlDesk) {
    post("v1/receivers") { request, context in
      let wish = try await request.decode(as: ReceiverRequest.self, context: context)
      let id = try desk.add(try desk.receiver(wish), replacing: wish.replaces ?? false)
      desk.keeper.keepStreams()
      return JSONAnswer(try desk.receiverStatus(id), status: .created)
    }
    patch("v1/receivers/:name") { request, context in
      let wish = try await request.decode(as: ReceiverRequest.self, context: context)
      let (id, old) = try desk.receiver(named: try context.pathName())
      let new = try wish.applied(to: old, defaults: desk.keeper.configuration.defaults)
      try desk.giveWay(to: new, but: id, if: wish.replaces ?? false) {
        try changing { try desk.streams.change(id, to: new) }
      }
      desk.keeper.keepStreams()
      return JSONAnswer(try desk.receiverStatus(id))
    }
    delete("v1/receivers/:name") { _, context in
      let (id, _) = try desk.receiver(named: try context.pathName())
      try changing { try desk.streams.removeReceiver(id) }
      desk.keeper.keepStreams()
      return HTTPResponse.Status.noContent
    }
  }
}

extension ControlDesk {
  /// A new receiver, with what was not said filled in.
  fileprivate func receiver(_ wish: ReceiverRequest) throws -> ReceiverConfiguration {
    guard wish.address != nil || wish.session != nil || wish.sdp != nil else {
      throw ControlError(
        .badRequest, "address is missing",
        hint: "expected an IPv4 address, or instead a session or the text of an SDP description")
    }
    let others = streams.receivers.map(\.configuration)
    let usual = keeper.configuration
    let channels = try wish.channels ?? described(wish)?.channels ?? 8
    let defaults = ReceiverConfiguration(
      name: "", address: .any, port: usual.network.port, source: nil, encoding: .l24,
      channels: channels, firstChannel: 1, payloadType: nil,
      linkOffset: usual.defaults.linkOffset.offset, alignment: .mediaClock, timestampOffset: 0,
      automaticOffset: usual.defaults.linkOffset.automatic,
      group: wish.alignment == "arrival" ? nil : ReceiverConfiguration.clockGroup,
      conceals: usual.defaults.conceals)
    var receiver = try wish.applied(to: defaults, defaults: usual.defaults)
    if wish.firstChannel == nil {
      guard let free = freeBlock(receiver.channels, others.map(\.deviceChannels)) else {
        throw ControlError(
          .conflict, "no \(receiver.channels) capture channels are free beside each other",
          hint: "take those of a receiver that you do not need:"
            + " `aes67 subscribe NAME --to 1 --replace`")
      }
      receiver.firstChannel = free
    }
    if wish.name == nil {
      receiver.name =
        receiver.subscription?.name ?? freeName("receiver", others.map(\.name))
    }
    try refuse(name: receiver.name, among: others.map(\.name))
    return receiver
  }

  /// The stream that is asked for, where it is known already.
  private func described(_ wish: ReceiverRequest) throws -> (name: String, channels: Int)? {
    if let text = wish.sdp {
      return try StreamDescription(requested: text).map { ($0.name, $0.channels) }
    }
    guard let wanted = wish.session else { return nil }
    let matching = sessions().sessions.filter { session in
      session.name == wanted || session.origin == wanted
        || session.streams.contains { $0.name == wanted }
    }
    guard let session = matching.first(where: { !$0.isOwn }) ?? matching.first else { return nil }
    guard !session.isOwn else {
      throw ControlError(
        .conflict, "\"\(wanted)\" is what this host sends itself",
        hint: "programs here hear it with network.loopback: true and"
          + " `aes67 sdp SENDER | aes67 subscribe --sdp -`")
    }
    let stream = session.streams.first { $0.name == wanted } ?? session.streams.first
    return stream.map { ($0.name, $0.channels) }
  }

  fileprivate func add(
    _ receiver: ReceiverConfiguration, replacing: Bool
  ) throws -> StreamID {
    try giveWay(to: receiver, but: nil, if: replacing) {
      try changing { try streams.add(receiver) }
    }
  }

  /// Removes receivers that fill the channels of `new`, if that is wished; they come back where `change`
  /// is refused all the same.
  fileprivate func giveWay<Answer>(
    to new: ReceiverConfiguration, but id: StreamID?, if wished: Bool,
    _ change: () throws -> Answer
  ) throws -> Answer {
    let inTheWay = streams.receivers.filter {
      $0.id != id && $0.configuration.deviceChannels.overlaps(new.deviceChannels)
    }
    if !wished, let first = inTheWay.first {
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
