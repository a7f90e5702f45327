// SPDX-License-Identifier: MIT

/// The relation of a receiver to its sender's clock, and its effects.
public struct ReceiverTiming: Codable, Equatable, Sendable {
  /// True if the link offset is measured, false if it is fixed.
  public var isAutomatic: Bool
  /// The group of receivers with which it shares its link offset; nil for none.
  public var group: String?
  /// True if packets are placed by their arrival instead of the media clock (CLK-05).
  public var isUnsynchronised: Bool
  /// The interarrival jitter (RFC 3550, 6.4.1).
  public var jitterMicroseconds: Int64
  /// The number of changes of the link offset.
  public var linkOffsetChanges: UInt64
  /// The number of times that another SSRC or host took over the stream.
  public var ssrcChanges: UInt64
  /// How often the stream was placed again, by cause.
  public var resyncCauses: ResyncCauses
  /// Packets whose timestamp does not continue the previous packet's, although their sequence number does.
  public var irregularTimestamps: UInt64
  /// Packets whose sequence number does not continue the previous packet's, although their timestamp does.
  public var irregularSequences: UInt64
  /// The duration of the audio that arrives at once: one packet and its jitter if the sender sends evenly; nil
  /// while unknown.
  public var burstMicroseconds: Int64?
  /// The link offset that the stream needs as it arrives, with a margin; nil while unknown.
  public var neededLinkOffsetFrames: Int64?
  /// True if the receive thread waits for a later stream of the same burst, and reads this one's packets then.
  public var sharesWakeUp: Bool
  /// Single lost packets that were bridged.
  public var concealed: UInt64
  /// How much faster the sender's clock runs than ours, while the stream is resampled; nil while it is not.
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

/// How often a stream was placed again, by cause. The remaining `resyncs` are other senders.
public struct ResyncCauses: Codable, Equatable, Sendable {
  /// The sequence numbers jumped, or the stream continued after a pause.
  public var sequence: UInt64
  /// The timestamps jumped.
  public var timestamps: UInt64
  /// No packet arrived in time.
  public var arrival: UInt64
  /// The timestamps lost or regained their relation to this host's clock.
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
  /// Returns a sentence if the stream arrives in bursts that are longer than a link offset allows, with the
  /// offset that would suffice. Returns nil if the link offset is long enough, or the bursts are unknown.
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
