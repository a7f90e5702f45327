// SPDX-License-Identifier: MIT
public import RealTime

/// The counters of one sender.
@frozen
public struct SenderCounters: ~Copyable, Sendable {
  /// Packets that were made. The sent ones are these less the refused and the withheld ones.
  public let packets = Counter()
  /// Packets that were not made, because the thread woke later than the allowed lateness.
  public let dropped = Counter()
  /// Packets that the kernel refused.
  public let sendErrors = Counter()
  /// Packets that were withheld, because there is no network or the receiver refuses the stream.
  public let withheld = Counter()
  /// Microseconds from the nominal instant, at which a packet's last frame has passed, until the
  /// kernel had it (SND-01).
  public let departures = Histogram()

  /// The number of sent packets. The counters are read in this order, so that a packet that is being sent is
  /// not missing from the sum.
  public var sent: UInt64 {
    let kept = sendErrors.count &+ withheld.count
    return packets.count &- kept
  }

  public init() {}
}

/// The counters of one receiver. Every packet is counted in exactly one of the first six; the others count in
/// addition.
@frozen
public struct ReceiverCounters: ~Copyable, Sendable {
  /// Packets that were written to the capture ring before their first frame was due.
  public let inTime = Counter()
  /// Packets whose first frame was already due; their remaining frames are played.
  public let late = Counter()
  /// Packets beyond the write window, which would overwrite frames that are still to be played.
  public let early = Counter()
  /// Packets whose sequence number was already received.
  public let duplicate = Counter()
  /// Packets from a source other than the receiver's.
  public let foreign = Counter()
  /// Packets that are not RTP, or not of the agreed format.
  public let malformed = Counter()

  /// Packets that were overtaken by a later one, whatever their verdict.
  public let reordered = Counter()
  /// Packets that are missing in the sequence and did not arrive by their deadline.
  public let lost = Counter()
  /// Single lost packets that were bridged.
  public let concealed = Counter()
  /// Restarts of the sender: another SSRC, or a jump of sequence or time.
  public let resyncs = Counter()
  /// Resyncs by cause: the sequence jumped or continued after a pause; timestamps jumped; all packets arrived
  /// too late or too early; timestamps lost or regained their relation to our clock. The remaining ones are
  /// other senders.
  public let sequenceResyncs = Counter()
  public let timestampResyncs = Counter()
  public let arrivalResyncs = Counter()
  public let clockResyncs = Counter()
  /// Packets whose timestamp does not continue the last one although their sequence number does; and the
  /// reverse.
  public let irregularTimestamps = Counter()
  /// Frames of an unbroken sequence beyond those that the timestamps count, and frames that are missing from
  /// them. At most 16 a packet are counted, so that a jump does not outweigh a repeated error.
  public let surplusFrames = Counter()
  public let lackingFrames = Counter()
  public let irregularSequences = Counter()
  /// The audio that arrives at once, and the link offset that this stream needs as it arrives, in frames; 0
  /// while unknown.
  public let burst = Counter()
  public let neededOffset = Counter()
  /// The source address of the last packet that the source filter rejected.
  public let refusedSource = Counter()
  /// Resyncs with another SSRC or from another host.
  public let ssrcChanges = Counter()
  /// The SSRC of the stream.
  public let ssrc = Counter()
  /// The device frame in which the last packet of the stream arrived; 0 before the first.
  public let lastHeard = Counter()
  /// The source of that packet: an IPv4 address in host order.
  public let lastSource = Counter()
  /// Interarrival jitter in 16ths of a frame (RFC 3550, 6.4.1 and A.8).
  public let jitter = Counter()
  /// The link offset in force, in frames.
  public let linkOffset = Counter()
  /// The number of changes of the link offset.
  public let linkOffsetChanges = Counter()
  /// 1 while packets are placed by arrival instead of the media clock (CLK-05).
  public let unsynchronised = Counter()
  /// The rate of the sender's clock while the stream is resampled: its frames for a thousand million of ours. 0
  /// while it is not.
  public let rate = Counter()
  /// 1 while its packets are read when another stream's have woken the thread.
  public let sharesWakeUp = Counter()
  /// Frames from each packet's arrival until its first frame was due; negative for late packets.
  public let arrivals = Histogram()

  public init() {}

  /// The number of all received packets.
  public var packets: UInt64 {
    inTime.count + late.count + early.count + duplicate.count + foreign.count + malformed.count
  }
}
