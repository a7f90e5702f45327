// SPDX-License-Identifier: MIT

/// The result of reading an SDP text: its streams, and the skipped parts with the reasons.
///
/// A text is read line by line. An unreadable line is skipped, or its media section if that is useless without
/// it; everything else remains valid.
public struct SessionReading: Hashable, Sendable {
  public let description: SessionDescription
  /// One stream for every audio section. Sections of a DUP group are one stream, of which the first leg is used
  /// and the second noted (SDP-15); if the first one is unreadable or inactive, the second is used.
  public let streams: [StreamDescription]
  /// Skipped lines.
  public let ignored: [SDPError]
  /// The reasons why sections are not streams, or why there is no stream.
  public let lost: [SDPError]

  /// - Throws: the reason why the text as a whole is not a session description.
  public init(parsing text: String) throws(SDPError) {
    self.init(try SDPParser.parse(text))
  }

  /// Reads bytes in any encoding of text.
  public init(parsing bytes: [UInt8]) throws(SDPError) {
    self.init(try SDPParser.parse(bytes[...]))
  }

  init(_ parsed: ParsedSession) {
    description = parsed.description
    var reader = SessionReader(session: parsed.description)
    streams = reader.streams()
    ignored = (parsed.ignored + reader.ignored).sorted { $0.line < $1.line }
    var lost = (parsed.lost + reader.lost).sorted { $0.line < $1.line }
    if streams.isEmpty, lost.isEmpty { lost = [SDPError(line: 0, reason: .noAudio)] }
    self.lost = lost
  }

  /// All mistakes; those that make a stream unusable come first.
  public var faults: [SDPError] { lost + ignored }
}

extension SessionDescription {
  /// The streams of this session.
  ///
  /// - Throws: the reason why there is none.
  public func streams() throws(SDPError) -> [StreamDescription] {
    let reading = SessionReading(ParsedSession(description: self, ignored: [], lost: []))
    guard reading.streams.isEmpty, let reason = reading.lost.first else { return reading.streams }
    throw reason
  }

  /// The session's name, or a substitute if it has none.
  public var title: String {
    let plain = Text.trimmed(name)
    return plain.isEmpty || plain == "-" ? "Session of \(origin.address)" : plain
  }
}

/// Reduces a session's sections to streams.
private struct SessionReader {
  let session: SessionDescription
  var ignored: [SDPError] = []
  var lost: [SDPError] = []

  init(session: SessionDescription) { self.session = session }

  mutating func streams() -> [StreamDescription] {
    let second = secondLegs()
    let followers = Set(second.values)
    var found: [(stream: StreamDescription, section: MediaDescription)] = []
    for index in session.media.indices
    where session.media[index].kind.lowercased() == "audio" && !followers.contains(index) {
      let other = second[index].map { session.media[$0] }
      let first = stream(session.media[index])
      // The second leg has everything by itself.
      if first?.isInactive ?? true, let other, let stream = stream(other),
        first == nil || !stream.isInactive
      {
        found.append((stream, other))
      } else if var first {
        if let other { first.duplicate = leg(other) }
        found.append((first, session.media[index]))
      }
    }
    let names = titles(of: found.map(\.section))
    return zip(found, names).map { found, name in
      var stream = found.stream
      stream.name = name
      return stream
    }
  }

  private mutating func stream(_ section: MediaDescription) -> StreamDescription? {
    var reader = SectionReader(session: session, media: section)
    do throws(SDPError) {
      let stream = try reader.stream()
      ignored += reader.ignored
      return stream
    } catch {
      lost.append(error)
      return nil
    }
  }

  private mutating func leg(_ section: MediaDescription) -> StreamDescription.Leg? {
    var reader = SectionReader(session: session, media: section)
    do throws(SDPError) {
      let leg = try reader.leg()
      ignored += reader.ignored
      return leg
    } catch {
      ignored.append(error)
      return nil
    }
  }

  /// The second section of each DUP group, by the first.
  private func secondLegs() -> [Int: Int] {
    let media = session.media
    var places: [String: Int] = [:]
    for index in media.indices where media[index].kind.lowercased() == "audio" {
      guard let name = media[index].attributes.value("mid"), places[name] == nil else { continue }
      places[name] = index
    }
    var pairs: [Int: Int] = [:]
    var taken: Set<Int> = []
    for group in session.attributes.values("group").compactMap({ MediaGroup($0) })
    where group.semantics == "DUP" {
      let members = group.members.compactMap { places[$0] }
      guard members.count >= 2, taken.isDisjoint(with: members[..<2]), members[0] != members[1]
      else { continue }
      pairs[members[0]] = members[1]
      taken.formUnion(members[..<2])
    }
    return pairs
  }

  /// The names of the streams: the session's name, or if there are several streams, the sections' own titles or
  /// the session's name with a number. All are different.
  private func titles(of sections: [MediaDescription]) -> [String] {
    guard sections.count > 1 else { return sections.map { _ in session.title } }
    let numbered = sections.indices.map { "\(session.title) \($0 + 1)" }
    let own = sections.map { section -> String? in
      guard let title = section.information.map({ Text.trimmed($0) }), !title.isEmpty,
        ChannelNames.parse(title) == nil
      else { return nil }
      return title
    }
    let names = zip(own, numbered).map { own, number in own ?? number }
    return Set(names).count == names.count ? names : numbered
  }
}
