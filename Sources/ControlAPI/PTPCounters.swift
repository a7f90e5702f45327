// SPDX-License-Identifier: MIT

/// What the ordinary clock has counted since the daemon started (MGT-03).
public struct PTPCounters: Codable, Equatable, Sendable {
  /// Messages by name, such as `sync`; those that never came are left out.
  public var received: [String: UInt64]
  public var sent: [String: UInt64]
  /// Messages that the kernel did not take.
  public var refusedSends: UInt64
  /// How often the groups were joined again because nothing was heard.
  public var rejoins: UInt64
  /// Not PTP at all, or malformed.
  public var malformed: UInt64
  /// PTPv1 and other profiles, such as IEEE 802.1AS.
  public var foreign: UInt64
  public var otherDomain: UInt64
  /// With our own clock identity: a second clock has it too.
  public var own: UInt64
  /// Sync, Follow_Up and Delay_Resp of others than the master that is followed.
  public var notParent: UInt64
  /// Announces that no election may count.
  public var announcesRefused: UInt64
  /// With a time that no clock shows.
  public var nonsense: UInt64
  /// A Follow_Up without Sync, an answer without a question.
  public var unmatched: UInt64
  /// Sync and Follow_Up that had come before: over two networks, or from a mirrored switch port.
  public var copies: UInt64
  /// Syncs that were not believed.
  public var outliers: UInt64
  public var missingReceiveStamps: UInt64
  public var missingTransmitStamps: UInt64
  /// Requests beyond what is answered in a second.
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
