// SPDX-License-Identifier: MIT

/// Whether a receiver can take a stream, for people.
public struct VerdictStatus: Codable, Equatable, Sendable {
  public var receivable: Bool
  /// One sentence, with what to change.
  public var sentence: String
  /// Everything that there is to say, the gravest first; empty when all is well.
  public var obstacles: [String]

  public init(receivable: Bool, sentence: String, obstacles: [String]) {
    self.receivable = receivable
    self.sentence = sentence
    self.obstacles = obstacles
  }
}

/// One stream of a session.
public struct SessionStreamStatus: Codable, Equatable, Sendable {
  /// The session's name, unless the session has several streams.
  public var name: String
  public var address: String
  public var port: Int
  /// As SDP calls it, such as `L24`.
  public var encoding: String
  /// In hertz.
  public var rate: Int
  public var channels: Int
  /// Nil where the description does not say.
  public var packetTimeMicroseconds: Int?
  /// One for each channel, or none.
  public var channelNames: [String]
  /// The reference clock as SDP writes it; empty where there is none.
  public var referenceClock: String
  /// Whether this host can receive it.
  public var verdict: VerdictStatus
  /// Whether devices of other makes can: `dante`, `ravenna`, `st2110-30`, `livewire`.
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

/// A session that somebody on the network announces, or that we do.
public struct SessionStatus: Codable, Equatable, Sendable {
  /// What identifies it whatever changes: user, identifier and address of SDP's line `o=`; where others have
  /// the same, also where it goes and from whom. A receiver subscribes by this, by the name, or by address and
  /// port of a stream, such as `239.69.1.1:5004`.
  public var origin: String
  public var name: String
  /// Of the description; grows with each change.
  public var version: UInt64
  /// The host whose announcement it is.
  public var announcer: String
  /// Whether this daemon announces it.
  public var isOwn: Bool
  /// Between announcements; nil until two were heard, and for our own.
  public var periodSeconds: Double?
  public var streams: [SessionStreamStatus]
  /// What of the description could not be read, each with its line; what costs a stream first.
  public var problems: [String]
  /// The description, whole.
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

/// Everything that `sessions.json` says.
public struct SessionsStatus: Codable, Equatable, Sendable {
  /// By name.
  public var sessions: [SessionStatus]
  /// Packets on the announcement groups that made no difference, by cause.
  public var counts: [String: Int]
  /// What is wrong with announcing and listening; nil when nothing is.
  public var error: String?
  /// The last announcement that could not be read at all: its sender, and what is wrong; nil for none.
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

/// The sessions on the network became others: data of an event `sessions`.
public struct SessionsChange: Codable, Equatable, Sendable {
  /// The number of sessions.
  public var count: Int

  public init(count: Int) { self.count = count }
}
