// SPDX-License-Identifier: MIT

/// The counters of an ordinary clock (MGT-03).
public struct Counters: Hashable, Sendable {
  /// Received messages by the raw value of their type.
  public internal(set) var received = [UInt64](repeating: 0, count: 16)
  public internal(set) var sent = [UInt64](repeating: 0, count: 16)
  /// Datagrams that are malformed, or not messages at all.
  public internal(set) var malformed: UInt64 = 0
  /// Messages of PTPv1 and of other profiles.
  public internal(set) var foreign: UInt64 = 0
  public internal(set) var otherDomain: UInt64 = 0
  /// Messages with our own identity: our own ones, or those of a second clock with the same identity (PTP-08).
  public internal(set) var own: UInt64 = 0
  /// Messages from clocks other than the parent.
  public internal(set) var notParent: UInt64 = 0
  public internal(set) var announcesRefused: UInt64 = 0
  /// Messages with an impossible time.
  public internal(set) var nonsense: UInt64 = 0
  /// Follow_Up messages without a Sync, and answers without a request.
  public internal(set) var unmatched: UInt64 = 0
  /// Duplicates of Sync and Follow_Up.
  public internal(set) var copies: UInt64 = 0
  public internal(set) var missingReceiveStamps: UInt64 = 0
  public internal(set) var missingTransmitStamps: UInt64 = 0
  /// Requests above the limit that is answered in a second.
  public internal(set) var requestsRefused: UInt64 = 0
}
