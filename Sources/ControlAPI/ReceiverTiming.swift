// SPDX-License-Identifier: MIT

/// How a receiver stands towards its sender's time, and what that has cost.
public struct ReceiverTiming: Codable, Equatable, Sendable {
  /// Whether the link offset is measured rather than fixed.
  public var isAutomatic: Bool
  /// With whom it shares its link offset; nil for nobody.
  public var group: String?
  /// Whether the packets' arrival, not the media clock, says where their frames belong (CLK-05).
  public var isUnsynchronised: Bool
  /// Interarrival jitter (RFC 3550, 6.4.1).
  public var jitterMicroseconds: Int64
  /// How often the link offset has changed.
  public var linkOffsetChanges: UInt64
  /// How often another SSRC or host took the stream over.
  public var ssrcChanges: UInt64
  /// Single lost packets that were bridged.
  public var concealed: UInt64
  /// How much faster than ours the sender's clock runs, while the stream is resampled for that; nil while
  /// it is not.
  public var rateOffsetPartsPerMillion: Double?

  public init(
    isAutomatic: Bool = false, group: String? = nil, isUnsynchronised: Bool = false,
    jitterMicroseconds: Int64 = 0, linkOffsetChanges: UInt64 = 0, ssrcChanges: UInt64 = 0,
    concealed: UInt64 = 0, rateOffsetPartsPerMillion: Double? = nil
  ) {
    self.isAutomatic = isAutomatic
    self.group = group
    self.isUnsynchronised = isUnsynchronised
    self.jitterMicroseconds = jitterMicroseconds
    self.linkOffsetChanges = linkOffsetChanges
    self.ssrcChanges = ssrcChanges
    self.concealed = concealed
    self.rateOffsetPartsPerMillion = rateOffsetPartsPerMillion
  }
}
