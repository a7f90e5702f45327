// SPDX-License-Identifier: MIT
internal import Addressing

/// The changes of a sender that follow from an edited text of its announced description.
///
/// Name, address, port, payload type, channels, packet time, time to live and channel names of a sender can be
/// changed. Everything else in a description follows from these, from the clock and from this host.
public struct DescriptionEdit: Hashable, Sendable {
  /// A property of the stream in a line.
  public enum Field: Hashable, Sendable, CaseIterable {
    case name, address, timeToLive, port, payloadType, channels, packetTime, channelNames
  }

  /// The announced description.
  public let before: StreamDescription
  /// The edited description.
  public let after: StreamDescription
  private let lines: [String]

  /// - Throws: the first line that cannot be parsed, or that would not be announced like this.
  public init(from announced: String, to edited: String) throws(SDPError) {
    let old = try SessionReading(parsing: announced)
    let new = try SessionReading(parsing: edited)
    if let fault = new.faults.min(by: { $0.line < $1.line }) { throw fault }
    guard let before = old.streams.first else { throw SDPError(line: 0, reason: .noAudio) }
    guard new.streams.count == 1, new.description.media.count == 1 else {
      throw SDPError(line: 0, reason: .tooManyMedia(maximum: 1))
    }
    self.before = before
    after = new.streams[0]
    lines = Self.lines(edited)
    try check(old.description, new.description)
  }

  /// Returns true if the text has another value.
  public func changes(_ field: Field) -> Bool {
    switch field {
    case .name: before.name != after.name
    case .address: before.address != after.address
    case .timeToLive: before.timeToLive != after.timeToLive
    case .port: before.port != after.port
    case .payloadType: before.payloadType != after.payloadType
    case .channels: before.channels != after.channels
    case .packetTime: before.frames != after.frames
    case .channelNames: before.channelNames != after.channelNames && !after.channelNames.isEmpty
    }
  }

  /// The line with the value, counted from 1; 0 if there is none.
  public func line(of field: Field) -> Int {
    let prefix =
      switch field {
      case .name: "s="
      case .address, .timeToLive: "c="
      case .port, .payloadType: "m="
      case .channels: "a=rtpmap:"
      case .packetTime: "a=ptime:"
      case .channelNames: "i="
      }
    return (lines.lastIndex { $0.hasPrefix(prefix) } ?? -1) + 1
  }

  /// Compares the text with the announcement that would follow from it.
  private func check(
    _ old: SessionDescription, _ new: SessionDescription
  ) throws(SDPError) {
    var stream = before
    stream.address = after.address
    stream.port = after.port
    stream.payloadType = after.payloadType
    stream.channels = after.channels
    stream.frames = after.frames
    let isMulticast = after.address.ip4?.isMulticast == true
    stream.timeToLive = isMulticast ? after.timeToLive ?? before.timeToLive : nil
    if isMulticast, stream.sources.isEmpty, let source = old.origin.address.ip4 {
      stream.sources = [source]
    }
    if !after.channelNames.isEmpty || before.channels != after.channels {
      stream.channelNames = after.channelNames
    }
    var origin = old.origin
    // The version increases by itself with each change.
    origin.version = new.origin.version
    var wanted = Self.lines(
      SessionDescription(origin: origin, name: new.name, streams: [stream]).text)
    var others: [(number: Int, line: String)] = []
    for (index, line) in lines.enumerated() where !line.isEmpty {
      if let match = wanted.firstIndex(of: line) {
        wanted.remove(at: match)
      } else {
        others.append((index + 1, line))
      }
    }
    if let (number, line) = others.first {
      let kind = Self.kind(of: line)
      throw SDPError(
        line: number,
        reason: .notAnnounced(
          found: SDPError.shortened(line), expected: wanted.first { Self.kind(of: $0) == kind }))
    }
    if let missing = wanted.first(where: { !$0.isEmpty }) {
      throw SDPError(line: 0, reason: .missing(missing))
    }
  }

  private static func lines(_ text: String) -> [String] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
      .map { Text.trimmed($0) }
  }

  /// The kind of a line: `c=`, or `a=ptime`.
  private static func kind(of line: String) -> Substring {
    line.hasPrefix("a=") ? line.prefix { $0 != ":" } : line.prefix(2)
  }
}

extension Obstacle {
  /// The line of a description that causes the obstacle, counted from 1; 0 if there is none.
  public func line(in text: String) -> Int {
    let prefix =
      switch self {
      case .inactive, .port, .encrypted, .transport: "m="
      case .addressFamily, .notOurAddress, .prefix: "c="
      case .encoding, .rate, .channels, .mappedPayloadType, .staticPayloadType: "a=rtpmap:"
      case .packetTime, .payload, .unusualPacketTime: "a=ptime:"
      case .hiddenBySessionFilter: "a=source-filter:"
      case .domain, .noReferenceClock, .otherDomain, .otherGrandmaster, .traceable, .unknownClock:
        "a=ts-refclk:"
      case .noMediaClock, .unsynchronised, .clockRate: "a=mediaclk:"
      }
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return (lines.lastIndex { $0.hasPrefix(prefix) } ?? -1) + 1
  }
}
