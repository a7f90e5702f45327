// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock
internal import Yams

/// The senders of the file, or those of the layout, each with the place that its problems point to.
struct SenderList {
  private let senders: [(value: SenderConfiguration, reader: MappingReader)]

  static let keys = [
    "name", "address", "port", "channels", "first-channel", "packet-time", "payload-type",
    "enabled", "channel-names",
  ]

  init(_ root: MappingReader, layout: Layout, defaults: StreamDefaults) {
    if let readers = root.list("senders", allowed: Self.keys) {
      senders = readers.map { (Self.sender($0, defaults), $0) }
    } else if let file = layout.file {
      senders = Self.senders(layout, file: file).map { ($0, layout.reader) }
    } else {
      senders = (0..<layout.streams).map { index in
        (Self.sender(index, layout, defaults), layout.reader)
      }
    }
  }

  /// Names with commas between, as SDP has them.
  private static func channelNames(_ reader: MappingReader) -> [String] {
    reader.value("channel-names", expected: "names with commas between") { text in
      text.split(separator: ",", omittingEmptySubsequences: false).map { name in
        String(name.drop { $0 == " " })
      }
    } ?? []
  }

  /// The streams of the layout's SDP file.
  private static func senders(_ layout: Layout, file: String) -> [SenderConfiguration] {
    do throws(DescriptionFile.Problem) {
      return try DescriptionFile(file).senders()
    } catch {
      layout.reader.report("sdp", "\(error)")
      return []
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

  /// One sender; what is wrong with it is reported.
  static func sender(
    _ reader: MappingReader, _ defaults: StreamDefaults
  ) -> SenderConfiguration {
    let isAutomatic = reader.isAutomatic("address")
    let address = isAutomatic ? .any : reader.streamAddress(for: "sent to")
    let channels = ChannelChoice(reader, fillsEachOnce: false)
    return SenderConfiguration(
      name: reader.text("name", default: "\(address)"), address: address,
      port: reader.integer("port", in: 1...65535, default: defaults.port),
      channels: channels.count, firstChannel: channels.first,
      packetTime: reader.packetTime("packet-time", default: defaults.packetTime),
      payloadType: reader.integer("payload-type", in: 96...127, default: defaults.payloadType),
      isEnabled: reader.boolean("enabled", default: true), channelNames: channelNames(reader),
      hasAutomaticAddress: isAutomatic, map: channels.map)
  }

  /// The senders, after a look at each and at each pair.
  func checked() -> [SenderConfiguration] {
    var seen: [SenderConfiguration] = []
    var told: Set<String> = []
    for (sender, reader) in senders {
      for problem in sender.problems(beside: seen)
      // The layout's senders are all alike: one sentence is enough.
      where reader.has("address") || told.insert(problem.keys[0]).inserted {
        reader.report(problem)
      }
      seen.append(sender)
    }
    return seen
  }
}

extension MappingReader {
  /// Whether the value is the word `auto`.
  func isAutomatic(_ name: String) -> Bool { node(name)?.string == "auto" }

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

  /// Records what is wrong with a stream, at the key that says so in the file.
  func report(_ problem: ValidationError) {
    report(problem.keys.first { has($0) } ?? problem.keys[problem.keys.count - 1], problem.message)
  }
}
