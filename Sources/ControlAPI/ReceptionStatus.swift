// SPDX-License-Identifier: MIT

/// How the receive thread is woken. Streams that arrive together wake it once: it waits for the one that comes last.
public struct ReceptionStatus: Codable, Equatable, Sendable {
  /// How often the thread slept and was woken, for whatever reason.
  public var wakeUps: UInt64
  /// How often its timer had run out, instead of packets coming.
  public var timerWakeUps: UInt64
  /// Packets that another stream's packet woke the thread for.
  public var sharedPackets: UInt64
  /// Receivers that run, each with a socket.
  public var sockets: Int
  /// Of those sockets, the ones that the thread waits for.
  public var waitedSockets: Int
  /// How often it began or ceased to wait for a socket.
  public var waitChanges: UInt64

  public init(
    wakeUps: UInt64, timerWakeUps: UInt64, sharedPackets: UInt64, sockets: Int, waitedSockets: Int,
    waitChanges: UInt64
  ) {
    self.wakeUps = wakeUps
    self.timerWakeUps = timerWakeUps
    self.sharedPackets = sharedPackets
    self.sockets = sockets
    self.waitedSockets = waitedSockets
    self.waitChanges = waitChanges
  }
}
