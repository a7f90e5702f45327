// SPDX-License-Identifier: MIT

/// Counters of the ordinary clock since the daemon started (MGT-03).
public struct PTPCounters: Codable, Equatable, Sendable {
  /// Received messages by name, such as `sync`; names without a message are left out.
  public var received: [String: UInt64]
  public var sent: [String: UInt64]
  /// Messages that the kernel refused to send.
  public var refusedSends: UInt64
  /// The number of times that the groups were joined again because no message had arrived.
  public var rejoins: UInt64
  /// Packets that are malformed, or not PTP at all.
  public var malformed: UInt64
  /// Messages of PTPv1 and of other profiles, such as IEEE 802.1AS.
  public var foreign: UInt64
  public var otherDomain: UInt64
  /// Messages with our own clock identity: a second clock uses the same one.
  public var own: UInt64
  /// Sync, Follow_Up and Delay_Resp from clocks other than the followed master.
  public var notParent: UInt64
  /// Announces that are not qualified for the election.
  public var announcesRefused: UInt64
  /// Messages with an impossible time.
  public var nonsense: UInt64
  /// Follow_Up messages without a Sync, and answers without a request.
  public var unmatched: UInt64
  /// Duplicates of Sync and Follow_Up: over two networks, or from a mirrored switch port.
  public var copies: UInt64
  /// Syncs that were rejected as outliers.
  public var outliers: UInt64
  public var missingReceiveStamps: UInt64
  public var missingTransmitStamps: UInt64
  /// Requests above the limit that is answered in a second.
  public var requestsRefused: UInt64

  public init(
    received: [String: UInt64], sent: [String: UInt64], refusedSends: UInt64, rejoins: UInt64,
    malformed: UInt64, foreign: UInt64, otherDomain: UInt64, own: UInt64, notParent: UInt64,
    announcesRefused: UInt64, nonsense: UInt64, unmatched: UInt64, copies: UInt64 = 0,
    outliers: UInt64,
    missingReceiveStamps: UInt64,
    missingTransmitStamps: UInt64, requestsRefused: UInt64
  ) {
    self.received = received
    self.sent = sent
    self.refusedSends = refusedSends
    self.rejoins = rejoins
    self.malformed = malformed
    self.foreign = foreign
    self.otherDomain = otherDomain
    self.own = own
    self.notParent = notParent
    self.announcesRefused = announcesRefused
    self.nonsense = nonsense
    self.unmatched = unmatched
    self.copies = copies
    self.outliers = outliers
    self.missingReceiveStamps = missingReceiveStamps
    self.missingTransmitStamps = missingTransmitStamps
    self.requestsRefused = requestsRefused
  }
}
