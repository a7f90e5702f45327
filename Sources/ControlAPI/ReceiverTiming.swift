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
  /// Why the stream was placed anew, and how often.
  public var resyncCauses: ResyncCauses
  /// Packets whose time stamp does not continue the previous packet's although their sequence number does.
  public var irregularTimestamps: UInt64
  /// Packets whose sequence number does not continue the previous packet's although their time stamp does.
  public var irregularSequences: UInt64
  /// How much audio arrives at once: one packet and its jitter if the sender sends evenly; nil while unknown.
  public var burstMicroseconds: Int64?
  /// The link offset that the stream needs as it comes, with a margin; nil while that is not known.
  public var neededLinkOffsetFrames: Int64?
  /// Whether its packets are taken when those of a stream that comes with it, and later, wake the receive thread.
  public var sharesWakeUp: Bool
  /// Single lost packets that were bridged.
  public var concealed: UInt64
  /// How much faster than ours the sender's clock runs, while the stream is resampled for that; nil while
  /// it is not.
  public var rateOffsetPartsPerMillion: Double?

  public init(
    isAutomatic: Bool = false, group: String? = nil, isUnsynchronised: Bool = false,
    jitterMicroseconds: Int64 = 0, linkOffsetChanges: UInt64 = 0, ssrcChanges: UInt64 = 0,
    concealed: UInt64 = 0, rateOffsetPartsPerMillion: Double? = nil,
    resyncCauses: ResyncCauses = ResyncCauses(), irregularTimestamps: UInt64 = 0,
    irregularSequences: UInt64 = 0, burstMicroseconds: Int64? = nil,
    neededLinkOffsetFrames: Int64? = nil, sharesWakeUp: Bool = false
  ) {
    self.isAutomatic = isAutomatic
    self.group = group
    self.isUnsynchronised = isUnsynchronised
    self.jitterMicroseconds = jitterMicroseconds
    self.linkOffsetChanges = linkOffsetChanges
    self.ssrcChanges = ssrcChanges
    self.concealed = concealed
    self.rateOffsetPartsPerMillion = rateOffsetPartsPerMillion
    self.resyncCauses = resyncCauses
    self.irregularTimestamps = irregularTimestamps
    self.irregularSequences = irregularSequences
    self.burstMicroseconds = burstMicroseconds
    self.neededLinkOffsetFrames = neededLinkOffsetFrames
    self.sharesWakeUp = sharesWakeUp
  }
}

/// How often a stream was placed anew, by cause; the rest of `resyncs` are other senders.
public struct ResyncCauses: Codable, Equatable, Sendable {
  /// The sequence numbers jumped, or the stream went on after a pause.
  public var sequence: UInt64
  /// The time stamps jumped.
  public var timestamps: UInt64
  /// No packet came when it could be heard.
  public var arrival: UInt64
  /// The time stamps lost their relation to this host's clock, or regained it.
  public var clock: UInt64

  public init(
    sequence: UInt64 = 0, timestamps: UInt64 = 0, arrival: UInt64 = 0, clock: UInt64 = 0
  ) {
    self.sequence = sequence
    self.timestamps = timestamps
    self.arrival = arrival
    self.clock = clock
  }
}

extension ReceiverTiming {
  /// Says that the stream comes in bursts for which a link offset is too short, and which one would do; nil if
  /// it is long enough, or the bursts are not known.
  ///
  /// - Parameter linkOffset: in frames.
  public func burstProblem(linkOffset: Int64) -> String? {
    guard let needed = neededLinkOffsetFrames, needed > linkOffset, let burst = burstMicroseconds
    else { return nil }
    let other =
      isAutomatic
      ? "raise streams.max-packets, or set link-offset to" : "set link-offset to auto, or to"
    return
      "packets come in bursts of \((burst + 500) / 1_000) ms: \(other) \((needed + 47) / 48) ms"
  }
}
