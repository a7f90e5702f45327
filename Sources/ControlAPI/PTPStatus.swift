// SPDX-License-Identifier: MIT

/// The ordinary clock as the status shows it.
public struct PTPStatus: Codable, Equatable, Sendable {
  /// A step of the media offset: streams had a gap there (SRV-03).
  public struct Rebase: Codable, Equatable, Sendable {
    /// By how much media frames went up.
    public var frames: Int64
    /// `start` for the first alignment, `master` for another master of another epoch, `epoch` when the
    /// same master came to show another time.
    public var cause: String

    public init(frames: Int64, cause: String) {
      self.frames = frames
      self.cause = cause
    }
  }

  /// As IEEE 1588-2008 names it, in lower case.
  public var state: String
  public var domain: Int
  public var clockIdentity: String
  /// Our own while we are the grandmaster.
  public var grandmaster: String
  public var priority1: Int
  public var stepsRemoved: Int
  public var locked: Bool
  /// Published clock less master, median of 16 Syncs; nil without one.
  public var offsetNanoseconds: Double?
  /// Median distance from that.
  public var jitterNanoseconds: Double?
  /// How far the published clock may be from the master's, with 95 % confidence, an asymmetric path aside; nil while
  /// nobody is followed.
  public var accuracyNanoseconds: Double?
  /// Below zero where a side corrects its time stamps by too much.
  public var pathDelayNanoseconds: Double?
  /// The master's rate against CLOCK_MONOTONIC, in parts per billion.
  public var ratePartsPerBillion: Double
  /// `hardware`, `software`, or `user-space`, the last resort.
  public var timestamps: String
  /// How often the media offset took a step.
  public var rebases: UInt64
  public var lastRebase: Rebase?
  public var counters: PTPCounters

  public init(
    state: String, domain: Int, clockIdentity: String, grandmaster: String, priority1: Int,
    stepsRemoved: Int, locked: Bool, offsetNanoseconds: Double?, jitterNanoseconds: Double?,
    accuracyNanoseconds: Double? = nil, pathDelayNanoseconds: Double?, ratePartsPerBillion: Double,
    timestamps: String, rebases: UInt64,
    lastRebase: Rebase?, counters: PTPCounters
  ) {
    self.state = state
    self.domain = domain
    self.clockIdentity = clockIdentity
    self.grandmaster = grandmaster
    self.priority1 = priority1
    self.stepsRemoved = stepsRemoved
    self.locked = locked
    self.offsetNanoseconds = offsetNanoseconds
    self.jitterNanoseconds = jitterNanoseconds
    self.accuracyNanoseconds = accuracyNanoseconds
    self.pathDelayNanoseconds = pathDelayNanoseconds
    self.ratePartsPerBillion = ratePartsPerBillion
    self.timestamps = timestamps
    self.rebases = rebases
    self.lastRebase = lastRebase
    self.counters = counters
  }
}
