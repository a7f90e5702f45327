// SPDX-License-Identifier: MIT

/// One obstacle between a stream and a receiver, with the setting to change.
public enum Obstacle: Hashable, Sendable, CustomStringConvertible {
  // Obstacles that prevent reception.
  case inactive
  case addressFamily(String)
  case notOurAddress(String)
  case prefix(String, allowed: String)
  case port(UInt16, allowed: UInt16)
  case encoding(String, allowed: [String])
  case rate(Int, allowed: Int)
  case channels(Int, maximum: Int)
  case packetTime(milliseconds: String, allowed: [String])
  case payload(bytes: Int, maximum: Int)
  case encrypted(String)
  case transport(String)
  case domain(UInt8, ours: UInt8)
  case hiddenBySessionFilter
  case noReferenceClock
  case noMediaClock
  // Obstacles with which the stream can still be received.
  case unsynchronised
  case otherDomain(UInt8, ours: UInt8)
  case otherGrandmaster(String, ours: String)
  case clockRate(UInt32, UInt32)
  case traceable
  case unknownClock(String)
  case staticPayloadType(UInt8)
  case mappedPayloadType(UInt8, mapped: UInt8)
  case unusualPacketTime(milliseconds: String)

  /// Returns true if the stream cannot be received properly.
  public var isFatal: Bool {
    switch self {
    case .unsynchronised, .otherDomain, .otherGrandmaster, .clockRate, .traceable, .unknownClock,
      .staticPayloadType, .mappedPayloadType, .unusualPacketTime:
      false
    default: true
    }
  }

  /// Returns true if only another description can remove it, whatever the receiver's network and clock.
  public var isLasting: Bool {
    switch self {
    case .notOurAddress, .domain: false
    default: isFatal
    }
  }

  /// The obstacle, and the setting to change.
  public var description: String {
    switch self {
    case .inactive: "its sender has stopped it (a=inactive, or port 0): start it there"
    case .addressFamily(let address):
      "it is sent to \(address), and only IPv4 is received: set an IPv4 group at the sender"
    case .notOurAddress(let address):
      "it is sent only to \(address): set a multicast group at the sender, or this host's address"
    case .prefix(let address, let allowed):
      "it is sent to \(address), outside \(allowed): change the sender's address, or the receiver's prefix"
    case .port(let port, let allowed):
      "it is sent to port \(port), and only \(allowed) is received: change the sender's port"
    case .encoding(let name, let allowed):
      "its format is \(name): set the sender to \(allowed.joined(separator: " or "))"
    case .rate(let rate, let allowed):
      "its rate is \(rate) Hz: set the sender to \(allowed) Hz"
    case .channels(let count, let maximum):
      "it has \(count) channels, and at most \(maximum) can be received: split it at the sender"
    case .packetTime(let milliseconds, let allowed):
      "its packet time is \(milliseconds) ms: set the sender to \(allowed.joined(separator: " or ")) ms"
    case .payload(let bytes, let maximum):
      "its packets would carry \(bytes) bytes, and \(maximum) fit: use fewer channels or a shorter packet time"
    case .encrypted(let transport):
      "it is encrypted (\(transport)): switch encryption off at the sender"
    case .transport(let transport):
      "its transport is \(transport): set the sender to RTP/AVP, which is RTP over UDP"
    case .domain(let theirs, let ours):
      "its clock is in PTP domain \(theirs), and the receiver's in \(ours): set the same domain in both"
    case .hiddenBySessionFilter:
      "its source filter is at session level, which hides the session in some controllers: put it at media level"
    case .noReferenceClock:
      "it names no reference clock, which the receiver requires: switch PTP on at the sender"
    case .noMediaClock:
      "it does not say how its timestamps relate to the clock: the sender must announce mediaclk:direct"
    case .unsynchronised:
      "it does not follow a PTP clock: it is played as it arrives, and drifts against other streams"
    case .otherDomain(let theirs, let ours):
      "its clock is in PTP domain \(theirs), and ours in \(ours): it is played as it arrives, and drifts"
    case .otherGrandmaster(let theirs, let ours):
      "its grandmaster is \(theirs), and ours is \(ours): let both follow the same grandmaster"
    case .clockRate(let above, let below):
      "its media clock runs at \(above)/\(below): it is played as it arrives"
    case .traceable:
      "its clock is traceable to an absolute time, and ours is not known to be: the two may drift apart"
    case .unknownClock(let value):
      "its reference clock \"\(value)\" is unknown: the stream is possibly not synchronous"
    case .mappedPayloadType(let type, let mapped):
      "its line m= names payload type \(type), but its format belongs to \(mapped): both are accepted"
    case .unusualPacketTime(let milliseconds):
      "its packet time is \(milliseconds) ms, which AES67 does not define: other receivers may refuse it"
    case .staticPayloadType(let type):
      "its payload type \(type) is not a dynamic one: use 96 to 127 at the sender"
    }
  }
}

/// The obstacles that prevent a receiver from playing a stream.
public struct Verdict: Hashable, Sendable, CustomStringConvertible {
  /// All obstacles, fatal ones first.
  public var obstacles: [Obstacle]

  public init(_ obstacles: [Obstacle]) {
    self.obstacles = obstacles.filter(\.isFatal) + obstacles.filter { !$0.isFatal }
  }

  public var isReceivable: Bool { !obstacles.contains(where: \.isFatal) }

  /// Returns true if the stream can never be received as it is described.
  public var isLastingRefusal: Bool { obstacles.contains(where: \.isLasting) }

  /// The most important obstacle as one sentence.
  public var description: String {
    guard let first = obstacles.first else { return "Receivable." }
    let more = obstacles.count > 1 ? " (and \(obstacles.count - 1) more)" : ""
    return (isReceivable ? "Receivable, but " : "Not receivable: ") + first.description + more + "."
  }
}
