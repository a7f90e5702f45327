// SPDX-License-Identifier: MIT
public import RealTime

/// What one sender did.
@frozen
public struct SenderCounters: ~Copyable, Sendable {
  /// Made for the network. Those that left are these less the refused and the withheld ones.
  public let packets = Counter()
  /// Not sent, because the thread woke more than the allowed lateness behind.
  public let dropped = Counter()
  /// Refused by the kernel.
  public let sendErrors = Counter()
  /// Kept back, because there is no network, or because the far side refuses the stream.
  public let withheld = Counter()
  /// Microseconds from the nominal instant, at which a packet's last frame has passed, until the
  /// kernel had it (SND-01).
  public let departures = Histogram()

  /// How many left. Read in this order, so that a packet under way is not missing from the sum.
  public var sent: UInt64 {
    let kept = sendErrors.count &+ withheld.count
    return packets.count &- kept
  }

  public init() {}
}

/// What one receiver saw. Every packet is exactly one of the first six; the others count beside them.
@frozen
public struct ReceiverCounters: ~Copyable, Sendable {
  /// Written to the capture ring before its first frame was due.
  public let inTime = Counter()
  /// Its first frame was already due; what was not yet due is played.
  public let late = Counter()
  /// Beyond the write window: it would overwrite what is still to be played.
  public let early = Counter()
  /// Its sequence number had come before.
  public let duplicate = Counter()
  /// From a source that this receiver does not listen to.
  public let foreign = Counter()
  /// No RTP packet, or not of the agreed format.
  public let malformed = Counter()

  /// Overtaken by a later packet, whatever became of it.
  public let reordered = Counter()
  /// Gaps in the sequence that nothing filled by their deadline.
  public let lost = Counter()
  /// Gaps of one packet that were bridged from their neighbours.
  public let concealed = Counter()
  /// The sender began anew: another SSRC, or a jump of sequence or time.
  public let resyncs = Counter()
  /// Those of them by cause: the sequence jumped or went on after a pause; stamps jumped; all packets came too
  /// late or too early; stamps lost or regained their relation to our clock. The rest are other senders.
  public let sequenceResyncs = Counter()
  public let timestampResyncs = Counter()
  public let arrivalResyncs = Counter()
  public let clockResyncs = Counter()
  /// Packets whose stamp does not go on from the last one although their sequence number does; and the other
  /// way round.
  public let irregularTimestamps = Counter()
  /// Frames that packets of an unbroken sequence held beyond what their stamps say, and that they lacked; at most
  /// 16 a packet, so that a jump does not outweigh what comes again and again.
  public let surplusFrames = Counter()
  public let lackingFrames = Counter()
  public let irregularSequences = Counter()
  /// How much audio comes at once, and the link offset that this stream needs as it comes, in frames; 0 while
  /// that is not known.
  public let burst = Counter()
  public let neededOffset = Counter()
  /// The address that the last packet came from of those that the source filter kept out.
  public let refusedSource = Counter()
  /// Resyncs with another SSRC or from another host.
  public let ssrcChanges = Counter()
  /// The SSRC that is listened to.
  public let ssrc = Counter()
  /// The device frame in which the last packet of the stream came; 0 before the first.
  public let lastHeard = Counter()
  /// Where it came from: an IPv4 address in host order.
  public let lastSource = Counter()
  /// Interarrival jitter in 16ths of a frame (RFC 3550, 6.4.1 and A.8).
  public let jitter = Counter()
  /// In force, in frames.
  public let linkOffset = Counter()
  /// How often it has changed.
  public let linkOffsetChanges = Counter()
  /// 1 while the packets' arrival, not the media clock, says where frames belong (CLK-05).
  public let unsynchronised = Counter()
  /// How fast the sender's clock runs, while the stream is resampled: its frames for a thousand million
  /// of ours. 0 while it is not.
  public let rate = Counter()
  /// 1 while its packets are taken when another stream's have woken the thread.
  public let sharesWakeUp = Counter()
  /// Frames from each packet's arrival until its first was due; negative for late ones.
  public let arrivals = Histogram()

  public init() {}

  /// Every packet that came.
  public var packets: UInt64 {
    inTime.count + late.count + early.count + duplicate.count + foreign.count + malformed.count
  }
}
