// SPDX-License-Identifier: MIT
public import RealTime

/// What one sender did.
@frozen
public struct SenderCounters: ~Copyable, Sendable {
  /// Handed to the network.
  public let packets = Counter()
  /// Not sent, because the thread woke more than the allowed lateness behind.
  public let dropped = Counter()
  /// Refused by the kernel.
  public let sendErrors = Counter()

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
  /// The sender began anew: another SSRC, or a jump of sequence or time.
  public let resyncs = Counter()
  /// The SSRC that is listened to.
  public let ssrc = Counter()

  public init() {}

  /// Every packet that came.
  public var packets: UInt64 {
    inTime.count + late.count + early.count + duplicate.count + foreign.count + malformed.count
  }
}
