// SPDX-License-Identifier: MIT

/// The ordinary clock in the status.
public struct PTPStatus: Codable, Equatable, Sendable {
  /// A step of the media offset: streams had a gap there (SRV-03).
  public struct Rebase: Codable, Equatable, Sendable {
    /// The number of media frames by which the offset increased.
    public var frames: Int64
    /// `start` for the first alignment, `master` for another master with another epoch, `epoch` if the same
    /// master changed its time.
    public var cause: String

    public init(frames: Int64, cause: String) {
      self.frames = frames
      self.cause = cause
    }
  }

  /// The port state of IEEE 1588-2008, in lower case.
  public var state: String
  public var domain: Int
  public var clockIdentity: String
  /// The grandmaster's clock identity; this host's own while it is the grandmaster.
  public var grandmaster: String
  public var priority1: Int
  public var stepsRemoved: Int
  public var locked: Bool
  /// The published clock's offset from the master, median of 16 Syncs; nil without one.
  public var offsetNanoseconds: Double?
  /// The jitter: the median distance from that offset.
  public var jitterNanoseconds: Double?
  /// The maximum error of the published clock against the master's, with 95 % confidence, without an asymmetric
  /// path; nil while no master is followed.
  public var accuracyNanoseconds: Double?
  /// The path delay; negative if one side overcorrects its timestamps.
  public var pathDelayNanoseconds: Double?
  /// The master's rate against CLOCK_MONOTONIC, in parts per billion.
  public var ratePartsPerBillion: Double
  /// The kind of timestamps: `hardware`, `software`, or `user-space` as the last resort.
  public var timestamps: String
  /// The number of steps of the media offset.
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
