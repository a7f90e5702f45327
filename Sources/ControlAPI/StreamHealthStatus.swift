// SPDX-License-Identifier: MIT

/// The health of a stream, in addition to its state.
public struct StreamHealthStatus: Codable, Equatable, Sendable {
  public var level: HealthLevel
  /// The time since which the stream has been in this state and at this level, in milliseconds of Unix time. A
  /// receiver is silent since its last packet.
  public var sinceUnixMilliseconds: Int64
  /// The time since the last packet arrived or was sent; null before the first.
  public var lastPacketAgeMilliseconds: Int64?
  /// The source address of a receiver's last packet; null before the first, and for senders.
  public var lastSource: String?
  /// The packet rate of the last second.
  public var packetsPerSecond: Int
  /// The greatest peak of the stream's channels in the last 300 ms, in dBFS; null if it is not measured, as in
  /// `status.json`.
  public var peakDecibels: Double?
  /// Packets of the last minute that arrived too late, or that a sender could not make in time.
  public var lateLastMinute: UInt64
  /// Packets of the last minute that never arrived, or that the kernel refused to send.
  public var lostLastMinute: UInt64

  public init(
    level: HealthLevel = .healthy, sinceUnixMilliseconds: Int64 = 0,
    lastPacketAgeMilliseconds: Int64? = nil, lastSource: String? = nil, packetsPerSecond: Int = 0,
    peakDecibels: Double? = nil, lateLastMinute: UInt64 = 0, lostLastMinute: UInt64 = 0
  ) {
    self.level = level
    self.sinceUnixMilliseconds = sinceUnixMilliseconds
    self.lastPacketAgeMilliseconds = lastPacketAgeMilliseconds
    self.lastSource = lastSource
    self.packetsPerSecond = packetsPerSecond
    self.peakDecibels = peakDecibels
    self.lateLastMinute = lateLastMinute
    self.lostLastMinute = lostLastMinute
  }
}
