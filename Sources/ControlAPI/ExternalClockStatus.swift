// SPDX-License-Identifier: MIT

/// The clock that another program steers and the daemon follows.
public struct ExternalClockStatus: Codable, Equatable, Sendable {
  /// The method by which it is read.
  public var manner: String
  public var locked: Bool
  /// The published clock's offset from this one, median of 16 readings; nil without one.
  public var offsetNanoseconds: Double?
  /// The jitter: the median distance from that offset.
  public var jitterNanoseconds: Double?
  /// The duration of the last reading; the offset is uncertain by half of that.
  public var readingNanoseconds: Int64?
  /// Its rate against CLOCK_MONOTONIC, in parts per billion.
  public var ratePartsPerBillion: Double
  public var rebases: UInt64
  public var outliers: UInt64
  /// The problem and how to fix it; nil if there is none.
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
