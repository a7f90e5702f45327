// SPDX-License-Identifier: MIT

/// A verdict on whether a receiver can play a stream, in words.
public struct VerdictStatus: Codable, Equatable, Sendable {
  public var receivable: Bool
  /// The verdict as one sentence, with the setting to change.
  public var sentence: String
  /// All obstacles and warnings, the most severe first; empty if there are none.
  public var obstacles: [String]

  public init(receivable: Bool, sentence: String, obstacles: [String]) {
    self.receivable = receivable
    self.sentence = sentence
    self.obstacles = obstacles
  }
}

/// One stream of a session.
public struct SessionStreamStatus: Codable, Equatable, Sendable {
  /// The name of the session, or of the stream if the session has several.
  public var name: String
  public var address: String
  public var port: Int
  /// The encoding in SDP's notation, such as `L24`.
  public var encoding: String
  /// The sample rate in hertz.
  public var rate: Int
  public var channels: Int
  /// The packet time; nil if the description does not have it.
  public var packetTimeMicroseconds: Int?
  /// The names of all channels; empty if there are none.
  public var channelNames: [String]
  /// The reference clock in SDP's notation; empty if there is none.
  public var referenceClock: String
  /// The verdict for this host as receiver.
  public var verdict: VerdictStatus
  /// The verdicts for devices of other makers as receivers: `dante`, `ravenna`, `st2110-30`, `livewire`.
  public var presets: [String: VerdictStatus]

  public init(
    name: String, address: String, port: Int, encoding: String, rate: Int, channels: Int,
    packetTimeMicroseconds: Int?, channelNames: [String], referenceClock: String,
    verdict: VerdictStatus, presets: [String: VerdictStatus]
  ) {
    self.name = name
    self.address = address
    self.port = port
    self.encoding = encoding
    self.rate = rate
    self.channels = channels
    self.packetTimeMicroseconds = packetTimeMicroseconds
    self.channelNames = channelNames
    self.referenceClock = referenceClock
    self.verdict = verdict
    self.presets = presets
  }
}

/// A session that a host on the network, or this one, announces.
public struct SessionStatus: Codable, Equatable, Sendable {
  /// The identity of the session, which never changes: user, identifier and address of SDP's line `o=`. If
  /// several sessions have the same line, the destination and the announcing host are part of it. A receiver
  /// subscribes by this, by the name, or by address and port of a stream, such as `239.69.1.1:5004`.
  public var origin: String
  public var name: String
  /// The version of the description, which increases with each change.
  public var version: UInt64
  /// The address of the host that announces it.
  public var announcer: String
  /// True if this daemon announces it.
  public var isOwn: Bool
  /// The time between announcements; nil until two were received, and for our own.
  public var periodSeconds: Double?
  public var streams: [SessionStreamStatus]
  /// The parts of the description that could not be read, each with its line. Mistakes that make a stream
  /// unusable come first.
  public var problems: [String]
  /// The complete description.
  public var sdp: String

  public init(
    origin: String, name: String, version: UInt64, announcer: String, isOwn: Bool,
    periodSeconds: Double?, streams: [SessionStreamStatus], problems: [String] = [], sdp: String
  ) {
    self.origin = origin
    self.name = name
    self.version = version
    self.announcer = announcer
    self.isOwn = isOwn
    self.periodSeconds = periodSeconds
    self.streams = streams
    self.problems = problems
    self.sdp = sdp
  }
}

/// The content of `sessions.json`.
public struct SessionsStatus: Codable, Equatable, Sendable {
  /// The sessions, sorted by name.
  public var sessions: [SessionStatus]
  /// Packets on the announcement groups that had no effect, by cause.
  public var counts: [String: Int]
  /// The error that prevents announcing or listening; nil if there is none.
  public var error: String?
  /// The last announcement that could not be read at all: its sender and the mistake; nil for none.
  public var unreadable: String?

  public init(
    sessions: [SessionStatus] = [], counts: [String: Int] = [:], error: String? = nil,
    unreadable: String? = nil
  ) {
    self.sessions = sessions
    self.counts = counts
    self.error = error
    self.unreadable = unreadable
  }
}

/// A change of the sessions on the network: data of an event `sessions`.
public struct SessionsChange: Codable, Equatable, Sendable {
  /// The number of sessions.
  public var count: Int

  public init(count: Int) { self.count = count }
}
