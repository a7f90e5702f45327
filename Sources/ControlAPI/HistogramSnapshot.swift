// SPDX-License-Identifier: MIT

/// How often a measured value fell into each of fixed bins: arrivals against the play-out deadline of
/// a receiver, departures against the nominal instant of a sender.
///
/// Only bins that were hit are listed, in rising order; each holds whole values of `unit`.
public struct HistogramSnapshot: Codable, Equatable, Sendable {
  public struct Bin: Codable, Equatable, Sendable {
    /// The least value of the bin.
    public var from: Int64
    /// The greatest.
    public var through: Int64
    public var count: UInt64

    public init(from: Int64, through: Int64, count: UInt64) {
      self.from = from
      self.through = through
      self.count = count
    }
  }

  public enum Unit: String, Codable, Sendable {
    case frames
    case microseconds
  }

  public var unit: Unit
  public var bins: [Bin]

  public init(unit: Unit, bins: [Bin]) {
    self.unit = unit
    self.bins = bins
  }

  /// Every value that was counted.
  public var count: UInt64 { bins.reduce(0) { $0 + $1.count } }
}
