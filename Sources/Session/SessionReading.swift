// SPDX-License-Identifier: MIT

/// What was read in a text of SDP: its streams, and what is not among them for which reason.
///
/// A text is taken line by line. What cannot be read costs its line, or its media section where that means
/// nothing without it; everything beside it is as good as before.
public struct SessionReading: Hashable, Sendable {
  public let description: SessionDescription
  /// One for every section of audio; those that a DUP group calls the same are one, of which the first leg is
  /// used and the second noted (SDP-15).
  public let streams: [StreamDescription]
  /// Lines that were passed over.
  public let ignored: [SDPError]
  /// Why sections are no streams, or why there is none.
  public let lost: [SDPError]

  /// - Throws: why the text as a whole is not a session description.
  public init(parsing text: String) throws(SDPError) {
    self.init(try SDPParser.parse(text))
  }

  /// The same of bytes, in whatever encoding of text.
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

  /// Everything that could not be read, what costs a stream first.
  public var faults: [SDPError] { lost + ignored }
}

extension SessionDescription {
  /// The streams of this session.
  ///
  /// - Throws: why there is none.
  public func streams() throws(SDPError) -> [StreamDescription] {
    let reading = SessionReading(ParsedSession(description: self, ignored: [], lost: []))
    guard reading.streams.isEmpty, let reason = reading.lost.first else { return reading.streams }
    throw reason
  }

  /// The session's name, or what it is called without one.
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
      var reader = SectionReader(session: session, media: session.media[index])
      do throws(SDPError) {
        var stream = try reader.stream()
        ignored += reader.ignored
        if let other = second[index] { stream.duplicate = leg(session.media[other]) }
        found.append((stream, session.media[index]))
      } catch {
        lost.append(error)
      }
    }
    let names = titles(of: found.map(\.section))
    return zip(found, names).map { found, name in
      var stream = found.stream
      stream.name = name
      return stream
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

  /// For the first section of each DUP group, the second one.
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

  /// The session's name; of several streams, the sections' own titles or the session's with a number, and no
  /// two alike.
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
