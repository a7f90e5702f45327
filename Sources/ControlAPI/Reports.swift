// SPDX-License-Identifier: MIT

/// The clock alone: the answer of `/v1/clock`.
public struct ClockReport: Codable, Equatable, Sendable {
  public var clock: DaemonStatus.Clock
  /// The PTP clock; nil while PTP is off or has no network yet.
  public var ptp: PTPStatus?

  public init(clock: DaemonStatus.Clock, ptp: PTPStatus?) {
    self.clock = clock
    self.ptp = ptp
  }

  private enum CodingKeys: CodingKey {
    case clock, ptp
  }

  /// Encodes `"ptp": null` if PTP is off.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(clock, forKey: .clock)
    try container.encode(ptp, forKey: .ptp)
  }
}

/// One thread of the daemon, with its processor time.
public struct ThreadStatus: Codable, Equatable, Sendable {
  /// The name: `media-tx`, `media-rx`, `ptp`, ...
  public var name: String
  public var id: Int32
  /// The processor time since the thread started.
  public var processorNanoseconds: UInt64
  /// The time since the thread started.
  public var ageNanoseconds: UInt64

  public init(name: String, id: Int32, processorNanoseconds: UInt64, ageNanoseconds: UInt64) {
    self.name = name
    self.id = id
    self.processorNanoseconds = processorNanoseconds
    self.ageNanoseconds = ageNanoseconds
  }

  /// The share of one processor since the start, 0 to 1.
  public var share: Double {
    ageNanoseconds == 0 ? 0 : Double(processorNanoseconds) / Double(ageNanoseconds)
  }
}

/// The level from which the daemon logs: `trace`, `debug`, `info`, `notice`, `warning` or `error`.
public struct LogLevelReport: Codable, Equatable, Sendable {
  public var level: String

  public init(level: String) { self.level = level }
}
