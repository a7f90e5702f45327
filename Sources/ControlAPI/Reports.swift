// SPDX-License-Identifier: MIT

/// The clock by itself: the answer of `/v1/clock`.
public struct ClockReport: Codable, Equatable, Sendable {
  public var clock: DaemonStatus.Clock
  /// Nil while PTP is off or has no network yet.
  public var ptp: PTPStatus?

  public init(clock: DaemonStatus.Clock, ptp: PTPStatus?) {
    self.clock = clock
    self.ptp = ptp
  }

  private enum CodingKeys: CodingKey {
    case clock, ptp
  }

  /// By hand, so that `"ptp": null` says that PTP is off.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(clock, forKey: .clock)
    try container.encode(ptp, forKey: .ptp)
  }
}

/// One thread of the daemon, and how much of a processor it has used.
public struct ThreadStatus: Codable, Equatable, Sendable {
  /// `media-tx`, `media-rx`, `ptp`, ...
  public var name: String
  public var id: Int32
  /// On a processor since it started.
  public var processorNanoseconds: UInt64
  /// Since it started.
  public var ageNanoseconds: UInt64

  public init(name: String, id: Int32, processorNanoseconds: UInt64, ageNanoseconds: UInt64) {
    self.name = name
    self.id = id
    self.processorNanoseconds = processorNanoseconds
    self.ageNanoseconds = ageNanoseconds
  }

  /// The part of one processor that it used so far, 0 to 1.
  public var share: Double {
    ageNanoseconds == 0 ? 0 : Double(processorNanoseconds) / Double(ageNanoseconds)
  }
}

/// How much the daemon says in its log: `trace`, `debug`, `info`, `notice`, `warning` or `error`.
public struct LogLevelReport: Codable, Equatable, Sendable {
  public var level: String

  public init(level: String) { self.level = level }
}
