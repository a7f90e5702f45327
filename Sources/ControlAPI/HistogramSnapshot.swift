// SPDX-License-Identifier: MIT

/// The counts of a measured value in fixed bins: a receiver's packet arrivals relative to their deadline, or a
/// sender's departures relative to the nominal instant.
///
/// Only bins with a count are listed, in ascending order. Each bin holds whole multiples of `unit`.
public struct HistogramSnapshot: Codable, Equatable, Sendable {
  public struct Bin: Codable, Equatable, Sendable {
    /// The lowest value of the bin.
    public var from: Int64
    /// The highest value of the bin.
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

  /// The number of all values.
  public var count: UInt64 { bins.reduce(0) { $0 + $1.count } }
}
