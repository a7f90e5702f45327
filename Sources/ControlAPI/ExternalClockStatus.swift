// SPDX-License-Identifier: MIT

/// The clock that another program keeps and the daemon follows, as the status shows it.
public struct ExternalClockStatus: Codable, Equatable, Sendable {
  /// How it is read.
  public var manner: String
  public var locked: Bool
  /// Published clock less this one, median of 16 readings; nil without one.
  public var offsetNanoseconds: Double?
  /// Median distance from that.
  public var jitterNanoseconds: Double?
  /// How long the last reading took: the offset is unsure by half of that.
  public var readingNanoseconds: Int64?
  /// Its rate against CLOCK_MONOTONIC, in parts per billion.
  public var ratePartsPerBillion: Double
  public var rebases: UInt64
  public var outliers: UInt64
  /// What is wrong, and how to mend it; nil for nothing.
  public var problem: String?

  public init(
    manner: String, locked: Bool, offsetNanoseconds: Double?, jitterNanoseconds: Double?,
    readingNanoseconds: Int64?, ratePartsPerBillion: Double, rebases: UInt64, outliers: UInt64,
    problem: String?
  ) {
    self.manner = manner
    self.locked = locked
    self.offsetNanoseconds = offsetNanoseconds
    self.jitterNanoseconds = jitterNanoseconds
    self.readingNanoseconds = readingNanoseconds
    self.ratePartsPerBillion = ratePartsPerBillion
    self.rebases = rebases
    self.outliers = outliers
    self.problem = problem
  }
}
