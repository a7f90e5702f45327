// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock

/// The receivers of the file, or those of the layout, each with the place that its problems point to.
struct ReceiverList {
  private let receivers: [(value: ReceiverConfiguration, reader: MappingReader)]

  static let keys = [
    "name", "address", "port", "source", "encoding", "channels", "first-channel", "payload-type",
    "link-offset", "alignment", "timestamp-offset",
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
      linkOffset: defaults.linkOffset, alignment: .mediaClock, timestampOffset: 0)
  }

  private static func receiver(
    _ reader: MappingReader, _ defaults: StreamDefaults
  ) -> ReceiverConfiguration {
    let address = reader.streamAddress(for: "received at")
    let source = reader.address("source", or: "any")
    if let source, !source.isUnicast {
      reader.report("source", "\(source) is not the address of one host")
    }
    return ReceiverConfiguration(
      name: reader.text("name", default: "\(address)"), address: address,
      port: reader.integer("port", in: 1...65535, default: defaults.port), source: source,
      encoding: reader.choice("encoding", default: .l24),
      channels: reader.integer("channels", in: 1...64, default: 8),
      firstChannel: reader.integer("first-channel", in: 1...64, default: 1),
      payloadType: reader.integer("payload-type", in: 96...127, or: "any"),
      linkOffset: StreamDefaults.linkOffset(
        of: reader, default: defaults.linkOffset, packetTime: defaults.packetTime),
      alignment: reader.choice("alignment", default: .mediaClock),
      timestampOffset: reader.integer(
        "timestamp-offset", in: 0...UInt32.max, default: 0))
  }

  /// The receivers, after a look at each and at whose channels they fill.
  func checked() -> [ReceiverConfiguration] {
    var owners: [Int: String] = [:]
    for (receiver, reader) in receivers {
      reader.checkChannels(receiver.firstChannel, receiver.channels)
      if let taken = receiver.deviceChannels.first(where: { owners[$0] != nil }) {
        reader.report(
          reader.has("first-channel") ? "first-channel" : "channels",
          "device channel \(taken + 1) is filled by receiver \"\(owners[taken] ?? "")\" already")
      }
      for channel in receiver.deviceChannels where owners[channel] == nil {
        owners[channel] = receiver.name
      }
    }
    return receivers.map(\.value)
  }
}
