// SPDX-License-Identifier: MIT
internal import PTP

/// The ordinary clock as the status shows it.
public struct PTPStatus: Codable, Equatable, Sendable {
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
  public var pathDelayNanoseconds: Double?
  /// The master's rate against CLOCK_MONOTONIC, in parts per billion.
  public var ratePartsPerBillion: Double
  public var timestamps: String
  public var rebases: UInt64
  public var outliers: UInt64
  public var missingTransmitStamps: UInt64
  public var malformed: UInt64

  init(_ clock: OrdinaryClock) {
    state = "\(clock.state)"
    domain = clock.settings.domainNumber
    clockIdentity = clock.settings.clockIdentity.description
    grandmaster = clock.parentDataSet.grandmasterIdentity.description
    priority1 = Int(clock.parentDataSet.grandmasterPriority1)
    stepsRemoved = Int(clock.stepsRemoved)
    locked = clock.servo.isLocked
    offsetNanoseconds = clock.servo.offset
    jitterNanoseconds = clock.servo.jitter
    pathDelayNanoseconds = clock.servo.meanPathDelay
    ratePartsPerBillion = clock.servo.rate
    timestamps = clock.settings.timestamps.rawValue
    rebases = clock.servo.rebases
    outliers = clock.servo.outliers
    missingTransmitStamps = clock.counters.missingTransmitStamps
    malformed = clock.counters.malformed
  }
}
