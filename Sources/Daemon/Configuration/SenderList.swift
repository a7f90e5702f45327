// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock

/// The senders of the file, or those of the layout, each with the place that its problems point to.
struct SenderList {
  private let senders: [(value: SenderConfiguration, reader: MappingReader)]

  static let keys = [
    "name", "address", "port", "channels", "first-channel", "packet-time", "payload-type",
  ]

  init(_ root: MappingReader, layout: Layout, defaults: StreamDefaults) {
    if let readers = root.list("senders", allowed: Self.keys) {
      senders = readers.map { (Self.sender($0, defaults), $0) }
    } else {
      senders = (0..<layout.streams).map { index in
        (Self.sender(index, layout, defaults), layout.reader)
      }
    }
  }

  private static func sender(
    _ index: Int, _ layout: Layout, _ defaults: StreamDefaults
  ) -> SenderConfiguration {
    SenderConfiguration(
      name: "host \(layout.host) stream \(index + 1)",
      address: layout.address(ofHost: layout.host, stream: index + 1), port: defaults.port,
      channels: layout.channels, firstChannel: 1 + index * layout.channels,
      packetTime: defaults.packetTime, payloadType: defaults.payloadType)
  }

  private static func sender(
    _ reader: MappingReader, _ defaults: StreamDefaults
  ) -> SenderConfiguration {
    let address = reader.streamAddress(for: "sent to")
    return SenderConfiguration(
      name: reader.text("name", default: "\(address)"), address: address,
      port: reader.integer("port", in: 1...65535, default: defaults.port),
      channels: reader.integer("channels", in: 1...64, default: 8),
      firstChannel: reader.integer("first-channel", in: 1...64, default: 1),
      packetTime: reader.packetTime("packet-time", default: defaults.packetTime),
      payloadType: reader.integer("payload-type", in: 96...127, default: defaults.payloadType))
  }

  /// The senders, after a look at each and at each pair.
  func checked() -> [SenderConfiguration] {
    var seen: [String: String] = [:]
    var isLayoutTold = false
    for (sender, reader) in senders {
      reader.checkChannels(sender.firstChannel, sender.channels)
      let greatest = min(sender.packetTime.greatestL24Channels, deviceChannels)
      if sender.channels > greatest, !isLayoutTold {
        // The layout's senders are all alike: one sentence is enough.
        isLayoutTold = !reader.has("address")
        let bytes = sender.channels * sender.packetTime.frames * 3
        reader.report(
          "channels",
          "\(sender.channels) channels of \(sender.packetTime.configured) make a payload of"
            + " \(bytes) bytes; 1440 fit: at most \(greatest) channels at this packet time")
      }
      let destination = "\(sender.address):\(sender.port)"
      if let other = seen[destination], sender.address != .any {
        reader.report(
          "address", "\(destination) is \(other)'s already; receivers could not tell the two apart")
      }
      seen[destination] = "sender \"\(sender.name)\""
    }
    return senders.map(\.value)
  }
}

extension MappingReader {
  /// The address of a stream, which every stream of the file must have.
  func streamAddress(for use: String) -> IPv4Address {
    guard let address = address("address") else {
      if !has("address") { report("address", "is missing; expected an IPv4 address") }
      return .any
    }
    if !address.isMulticast && !address.isUnicast {
      report(
        "address", "\(address) is neither a multicast group nor one host: nothing can be \(use) it")
    }
    return address
  }

  func checkChannels(_ first: Int, _ count: Int) {
    let last = first + count - 1
    guard last > deviceChannels else { return }
    report(
      has("first-channel") ? "first-channel" : "channels",
      "\(count) channels from \(first) reach channel \(last); the device has \(deviceChannels)")
  }
}
