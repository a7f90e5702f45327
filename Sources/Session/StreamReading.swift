// SPDX-License-Identifier: MIT
internal import Addressing
internal import Notation

/// Reads one audio section, with the session's values as defaults.
struct SectionReader {
  let session: SessionDescription
  let media: MediaDescription
  /// Skipped lines.
  private(set) var ignored: [SDPError] = []

  init(session: SessionDescription, media: MediaDescription) {
    self.session = session
    self.media = media
  }

  /// - Throws: the unreadable line without which the section is useless.
  mutating func stream() throws(SDPError) -> StreamDescription {
    let (type, map) = try format()
    let connection = try connection()
    var stream = StreamDescription(
      name: session.name, origin: session.origin.address, address: connection.address,
      port: media.port, payloadType: type, encoding: .init(map.encoding), rate: map.rate,
      channels: map.channels, frames: frames(rate: map.rate))
    if map.payloadType != type { stream.mappedPayloadType = map.payloadType }
    stream.transport = media.transport
    stream.timeToLive = connection.timeToLive
    (stream.sources, stream.filterPlace) = sources(of: connection.address)
    stream.channelOrder = channelOrder(of: map.payloadType)
    stream.channelNames = channelNames(stream)
    stream.referenceClocks = values("ts-refclk").map { ReferenceClock($0) }
    stream.mediaClock = values("mediaclk").first.map {
      MediaClockAttribute($0).normalised(forRate: map.rate)
    }
    stream.isInactive = media.port == 0 || isInactive
    return stream
  }

  mutating func leg() throws(SDPError) -> StreamDescription.Leg {
    let address = try connection().address
    return .init(address: address, port: media.port, sources: sources(of: address).0)
  }

  /// The values of the section, otherwise those of the session.
  private func values(_ name: String) -> [String] {
    let own = media.attributes.values(name)
    return own.isEmpty ? session.attributes.values(name) : own
  }

  /// The first payload type that can be unpacked, otherwise the first known one, with its format.
  ///
  /// If the line `m=` names a type without a format, and there is one format without a named type, they belong
  /// together.
  private mutating func format() throws(SDPError) -> (type: UInt8, RTPMap) {
    var maps: [RTPMap] = []
    var faults: [(type: String?, error: SDPError)] = []
    for attribute in media.attributes where attribute.name == "rtpmap" {
      let value = attribute.value ?? ""
      if let map = RTPMap(value) {
        maps.append(map)
      } else {
        faults.append((Text.words(value).first, malformed(attribute, RTPMap.form)))
      }
    }
    let types = media.formats.compactMap { UInt8(decimal: $0) }.filter { $0 < 128 }
    var offered = types.compactMap { type in
      (maps.first { $0.payloadType == type } ?? RTPMap.fixed(type)).map { (type: type, $0) }
    }
    if offered.isEmpty, let type = types.first,
      !faults.contains(where: { $0.type == "\(type)" })
    {
      let usable = maps.filter(\.isUsable)
      if usable.count == 1 { offered = [(type, usable[0])] }
    }
    guard let found = offered.first(where: { $0.1.isUsable }) ?? offered.first else {
      let missing = SDPError(
        line: media.line.number, reason: .missing("a=rtpmap of this section"))
      throw faults.first?.error ?? missing
    }
    ignored += faults.map(\.error)
    return found
  }

  private func connection() throws(SDPError) -> Connection {
    guard let connection = media.connections.first ?? session.connection else {
      throw SDPError(line: media.line.number, reason: .missing("c=\(Connection.form)"))
    }
    return connection
  }

  private mutating func frames(rate: Int) -> Int? {
    if let attribute = media.attributes.first("ptime") ?? session.attributes.first("ptime") {
      let value = Text.trimmed(attribute.value ?? "")
      if let frames = PacketTimeAttribute.frames(value, rate: rate) { return frames }
      ignored.append(malformed(attribute, PacketTimeAttribute.form))
    }
    let counts = values("framecount").first.flatMap { PacketTimeAttribute.frameCounts($0) }
    return counts.flatMap { $0.count == 1 ? $0.lowerBound : nil }
  }

  /// The sources of the inclusive filters, as far as they are addresses of one host, and the place of the
  /// filter.
  private mutating func sources(
    of address: HostAddress
  ) -> ([IPv4Address], StreamDescription.FilterPlace?) {
    let places: [([Attribute], StreamDescription.FilterPlace)] = [
      (media.attributes, .media), (session.attributes, .session),
    ]
    for (attributes, place) in places {
      var sources: [IPv4Address] = []
      for attribute in attributes where attribute.name == "source-filter" {
        guard let filter = SourceFilter(attribute.value ?? "") else {
          ignored.append(malformed(attribute, SourceFilter.form))
          continue
        }
        guard !filter.isExclusion, filter.concerns(address) else { continue }
        sources += filter.sources.compactMap { IPv4Address($0) }.filter(\.isUnicast)
      }
      if !sources.isEmpty { return (sources, place) }
    }
    return ([], nil)
  }

  private func channelOrder(of payloadType: UInt8) -> ChannelOrder? {
    values("fmtp").first { Text.words($0).first == "\(payloadType)" }.flatMap { ChannelOrder($0) }
  }

  /// The section's own names, otherwise those of the channel order if it fits.
  private func channelNames(_ stream: StreamDescription) -> [String] {
    if let names = media.information.flatMap({ ChannelNames.parse($0) }), !names.isEmpty {
      let missing = max(0, stream.channels - names.count)
      return Array(names.prefix(stream.channels)) + Array(repeating: "", count: missing)
    }
    let names = stream.channelOrder?.names ?? []
    return names.count == stream.channels ? names : []
  }

  private var isInactive: Bool {
    let directions = ["inactive", "recvonly", "sendonly", "sendrecv"]
    let own = media.attributes.first { directions.contains($0.name) }
    return (own ?? session.attributes.first { directions.contains($0.name) })?.name == "inactive"
  }

  private func malformed(_ attribute: Attribute, _ form: String) -> SDPError {
    .malformed(
      "a=\(attribute.name)", attribute.value ?? "", expected: form, line: attribute.line.number)
  }
}

extension RTPMap {
  fileprivate var isUsable: Bool {
    StreamDescription.Encoding(encoding).bytesPerSample != nil
  }
}
