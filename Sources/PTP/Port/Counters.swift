// SPDX-License-Identifier: MIT

/// What an ordinary clock counts (MGT-03).
public struct Counters: Hashable, Sendable {
  /// By the raw value of the message type.
  public internal(set) var received = [UInt64](repeating: 0, count: 16)
  public internal(set) var sent = [UInt64](repeating: 0, count: 16)
  /// Not messages at all, or malformed ones.
  public internal(set) var malformed: UInt64 = 0
  /// Of PTPv1 and other profiles.
  public internal(set) var foreign: UInt64 = 0
  public internal(set) var otherDomain: UInt64 = 0
  /// With our own identity: our echo, or a second clock with the same one (PTP-08).
  public internal(set) var own: UInt64 = 0
  /// From others than the parent.
  public internal(set) var notParent: UInt64 = 0
  public internal(set) var announcesRefused: UInt64 = 0
  /// With a time that no clock shows.
  public internal(set) var nonsense: UInt64 = 0
  /// A Follow_Up without Sync, an answer without a question.
  public internal(set) var unmatched: UInt64 = 0
  /// Sync and Follow_Up that had come before.
  public internal(set) var copies: UInt64 = 0
  public internal(set) var missingReceiveStamps: UInt64 = 0
  public internal(set) var missingTransmitStamps: UInt64 = 0
  /// Requests beyond what is answered in a second.
  public internal(set) var requestsRefused: UInt64 = 0
}
