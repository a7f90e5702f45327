// SPDX-License-Identifier: MIT
internal import Addressing
internal import Notation

extension SessionDescription {
  /// The streams of this session: one for every audio section, but sections that a DUP group calls the
  /// same are one stream of which the first leg is used and the second noted (SDP-15).
  public func streams() throws(SDPError) -> [StreamDescription] {
    let audio = media.indices.filter { media[$0].kind == "audio" }
    guard !audio.isEmpty else { throw SDPError(line: 0, reason: .noAudio) }
    let second = secondLegs()
    let followers = Set(second.values)
    let firsts = audio.filter { !followers.contains($0) }
    var streams: [StreamDescription] = []
    for index in firsts {
      let reader = SectionReader(session: self, media: media[index])
      var stream = try reader.stream()
      if let other = second[index] {
        stream.duplicate = try SectionReader(session: self, media: media[other]).leg()
      }
      stream.name = title(of: media[index], number: firsts.count > 1 ? streams.count + 1 : nil)
      streams.append(stream)
    }
    return streams
  }

  /// For the first section of each DUP group, the second one.
  private func secondLegs() -> [Int: Int] {
    var places: [String: Int] = [:]
    for index in media.indices where media[index].kind == "audio" {
      guard let name = media[index].attributes.value("mid"), places[name] == nil else { continue }
      places[name] = index
    }
    var pairs: [Int: Int] = [:]
    var taken: Set<Int> = []
    for group in attributes.values("group").compactMap({ MediaGroup($0) })
    where group.semantics == "DUP" {
      let members = group.members.compactMap { places[$0] }
      guard members.count >= 2, taken.isDisjoint(with: members[..<2]), members[0] != members[1]
      else { continue }
      pairs[members[0]] = members[1]
      taken.formUnion(members[..<2])
    }
    return pairs
  }

  /// The session's name; of several streams, the section's own title or the session's with a number.
  private func title(of section: MediaDescription, number: Int?) -> String {
    let plain = Text.trimmed(name)
    let session = plain.isEmpty || plain == "-" ? "Session of \(origin.address)" : plain
    guard let number else { return session }
    if let title = section.information.map({ Text.trimmed($0) }), !title.isEmpty,
      ChannelNames.parse(title) == nil
    {
      return title
    }
    return "\(session) \(number)"
  }
}

/// Reads one audio section, and the session where the section is silent.
private struct SectionReader {
  let session: SessionDescription
  let media: MediaDescription

  func stream() throws(SDPError) -> StreamDescription {
    let map = try rtpMap()
    let connection = try connection()
    var stream = StreamDescription(
      name: session.name, origin: session.origin.address, address: connection.address,
      port: media.port, payloadType: map.payloadType, encoding: .init(map.encoding),
      rate: map.rate, channels: map.channels, frames: try frames(rate: map.rate))
    stream.timeToLive = connection.timeToLive
    (stream.sources, stream.filterPlace) = try sources(of: connection.address)
    stream.channelOrder = channelOrder(of: map.payloadType)
    stream.channelNames = channelNames(stream)
    stream.referenceClocks = values("ts-refclk").map { ReferenceClock($0) }
    stream.mediaClock = values("mediaclk").first.map { MediaClockAttribute($0) }
    stream.isInactive = media.port == 0 || isInactive
    return stream
  }

  func leg() throws(SDPError) -> StreamDescription.Leg {
    let address = try connection().address
    return .init(address: address, port: media.port, sources: try sources(of: address).0)
  }

  /// Of the section, or else of the session.
  private func values(_ name: String) -> [String] {
    let own = media.attributes.values(name)
    return own.isEmpty ? session.attributes.values(name) : own
  }

  /// The first payload type that we can unpack; else the first that means anything.
  private func rtpMap() throws(SDPError) -> RTPMap {
    var maps: [RTPMap] = []
    for attribute in media.attributes where attribute.name == "rtpmap" {
      guard let map = RTPMap(attribute.value ?? "") else {
        throw malformed(attribute, RTPMap.form)
      }
      maps.append(map)
    }
    var offered: [RTPMap] = []
    for format in media.formats {
      guard let type = UInt8(decimal: format) else { continue }
      if let map = maps.first(where: { $0.payloadType == type }) ?? RTPMap.fixed(type) {
        offered.append(map)
      }
    }
    let usable = offered.first { StreamDescription.Encoding($0.encoding).bytesPerSample != nil }
    guard let map = usable ?? offered.first else {
      throw SDPError(line: media.line.number, reason: .missing("a=rtpmap of this section"))
    }
    return map
  }

  private func connection() throws(SDPError) -> Connection {
    guard let connection = media.connections.first ?? session.connection else {
      throw SDPError(line: media.line.number, reason: .missing("c=\(Connection.form)"))
    }
    return connection
  }

  private func frames(rate: Int) throws(SDPError) -> Int? {
    guard let attribute = media.attributes.first("ptime") ?? session.attributes.first("ptime")
    else {
      let counts = values("framecount").first.flatMap { PacketTimeAttribute.frameCounts($0) }
      return counts.flatMap { $0.count == 1 ? $0.lowerBound : nil }
    }
    let value = Text.trimmed(attribute.value ?? "")
    guard let frames = PacketTimeAttribute.frames(value, rate: rate) else {
      throw malformed(attribute, PacketTimeAttribute.form)
    }
    return frames
  }

  /// The inclusive filters' sources, as far as they are IPv4, and where the filter stood.
  private func sources(
    of address: HostAddress
  ) throws(SDPError) -> ([IPv4Address], StreamDescription.FilterPlace?) {
    let places: [([Attribute], StreamDescription.FilterPlace)] = [
      (media.attributes, .media), (session.attributes, .session),
    ]
    for (attributes, place) in places {
      var sources: [IPv4Address] = []
      for attribute in attributes where attribute.name == "source-filter" {
        guard let filter = SourceFilter(attribute.value ?? "") else {
          throw malformed(attribute, SourceFilter.form)
        }
        guard !filter.isExclusion, filter.concerns(address) else { continue }
        sources += filter.sources.compactMap { IPv4Address($0) }
      }
      if !sources.isEmpty { return (sources, place) }
    }
    return ([], nil)
  }

  private func channelOrder(of payloadType: UInt8) -> ChannelOrder? {
    values("fmtp").first { Text.words($0).first == "\(payloadType)" }.flatMap { ChannelOrder($0) }
  }

  /// The section's own names, else those of the channel order where that fits.
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
    SDPError(
      line: attribute.line.number,
      reason: .malformed(
        "a=\(attribute.name)", found: Text.trimmed(attribute.value ?? ""), expected: form))
  }
}
