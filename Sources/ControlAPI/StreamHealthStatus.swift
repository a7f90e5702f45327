// SPDX-License-Identifier: MIT

/// How well a stream is, beside its state.
public struct StreamHealthStatus: Codable, Equatable, Sendable {
  public var level: HealthLevel
  /// Since when the state holds, in milliseconds of the Unix time scale. A silent receiver is so since its
  /// last packet.
  public var sinceUnixMilliseconds: Int64
  /// Since the last packet that came or left; null before the first.
  public var lastPacketAgeMilliseconds: Int64?
  /// The address that a receiver's last packet came from; null before the first, and for senders.
  public var lastSource: String?
  /// Over the last second.
  public var packetsPerSecond: Int
  /// The greatest peak of the stream's channels in the last 300 ms, in dBFS; null where nobody measured it,
  /// as in `status.json`.
  public var peakDecibels: Double?
  /// Packets of the last minute that came too late; of a sender, that it was too late to send.
  public var lateLastMinute: UInt64
  /// Packets of the last minute that never came; of a sender, that the kernel refused.
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
