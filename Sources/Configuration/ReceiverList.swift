// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock

/// The receivers of the file, or those of the layout, each with the place that its problems point to.
struct ReceiverList {
  private let receivers: [(value: ReceiverConfiguration, reader: MappingReader)]

  static let keys = [
    "name", "session", "sdp", "sdp-text", "sdp-url", "address", "port", "source", "encoding",
    "channels",
    "first-channel",
    "payload-type", "link-offset", "alignment", "timestamp-offset", "enabled", "group",
  ]

  init(_ root: MappingReader, layout: Layout, defaults: StreamDefaults) {
    if let readers = root.list("receivers", allowed: Self.keys) {
      receivers = readers.map { (Self.receiver($0, defaults), $0) }
    } else {
      receivers = (0..<layout.streams).map { index in
        (Self.receiver(index, layout, defaults), layout.reader)
      }
    }
  }

  private static func receiver(
    _ index: Int, _ layout: Layout, _ defaults: StreamDefaults
  ) -> ReceiverConfiguration {
    ReceiverConfiguration(
      name: "host \(layout.peer) stream \(index + 1)",
      address: layout.address(ofHost: layout.peer, stream: index + 1), port: defaults.port,
      source: nil, encoding: .l24, channels: layout.channels,
      firstChannel: 1 + index * layout.channels, payloadType: nil,
      linkOffset: defaults.linkOffset.offset, alignment: .mediaClock, timestampOffset: 0,
      automaticOffset: defaults.linkOffset.automatic, group: ReceiverConfiguration.clockGroup,
      conceals: defaults.conceals)
  }

  /// What a subscription says, and no key beside it can.
  private static let saidBySession = [
    "address", "port", "source", "encoding", "payload-type", "alignment", "timestamp-offset",
  ]

  private static let subscriptionKeys = ["sdp", "sdp-text", "sdp-url", "session"]

  private static func subscription(_ reader: MappingReader) -> Subscription? {
    let keys = subscriptionKeys.filter { reader.has($0) }
    guard let key = keys.first else { return nil }
    let what = ["session": "the session", "sdp-url": "the description there"][key] ?? "the file"
    for said in saidBySession + keys.dropFirst() where reader.has(said) {
      reader.report(said, "is what \(what) says; leave it out")
    }
    let value = reader.text(key, default: "?")
    switch key {
    case "session": return .session(value)
    case "sdp-url":
      do throws(DescriptionURL.Problem) {
        return .location(try DescriptionURL(value))
      } catch {
        reader.report(key, "\"\(value)\" is no URL of a description: \(error.reason)")
      }
    default:
      do throws(DescriptionFile.Problem) {
        let file =
          try key == "sdp" ? DescriptionFile(value) : DescriptionFile(text: value, named: key)
        return file.streams.first.map { .description($0) }
      } catch {
        reader.report(key, "\(error)")
      }
    }
    return nil
  }

  /// One receiver; what is wrong with it is reported.
  static func receiver(
    _ reader: MappingReader, _ defaults: StreamDefaults
  ) -> ReceiverConfiguration {
    let subscription = subscription(reader)
    let isSubscribed = subscriptionKeys.contains { reader.has($0) }
    let address = isSubscribed ? .any : reader.streamAddress(for: "received at")
    let source = reader.address("source", or: "any")
    if let source, !source.isUnicast {
      reader.report("source", "\(source) is not the address of one host")
    }
    let channels = ChannelChoice(reader, fillsEachOnce: true)
    let alignment = reader.choice("alignment", default: ReceiverConfiguration.Alignment.mediaClock)
    let linkOffset = LinkOffset(
      reader, default: defaults.linkOffset, packetTime: defaults.packetTime,
      bounds: defaults.bounds)
    return ReceiverConfiguration(
      name: reader.text("name", default: subscription?.name ?? "\(address)"), address: address,
      port: reader.integer("port", in: 1...65535, default: defaults.port), source: source,
      encoding: reader.choice("encoding", default: .l24),
      channels: channels.count, firstChannel: channels.first,
      payloadType: reader.integer("payload-type", in: 96...127, or: "any"),
      linkOffset: linkOffset.offset, alignment: alignment,
      timestampOffset: reader.integer(
        "timestamp-offset", in: 0...UInt32.max, default: 0),
      isEnabled: reader.boolean("enabled", default: true), subscription: subscription,
      automaticOffset: linkOffset.automatic, group: group(reader, alignment),
      conceals: defaults.conceals, map: channels.map)
  }

  /// By default all that follow the media clock are one group, and any other stands alone.
  private static func group(
    _ reader: MappingReader, _ alignment: ReceiverConfiguration.Alignment
  ) -> String? {
    let fallback = alignment == .mediaClock ? ReceiverConfiguration.clockGroup : "none"
    let name = reader.text("group", default: fallback)
    return name == "none" ? nil : name
  }

  /// The receivers, after a look at each and at whose channels they fill.
  func checked() -> [ReceiverConfiguration] {
    var seen: [ReceiverConfiguration] = []
    for (receiver, reader) in receivers {
      for problem in receiver.problems(beside: seen) { reader.report(problem) }
      seen.append(receiver)
    }
    return seen
  }
}
