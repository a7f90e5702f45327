// SPDX-License-Identifier: MIT

/// The wake-ups of the receive thread. Streams that arrive together wake it once: it waits for the last one.
public struct ReceptionStatus: Codable, Equatable, Sendable {
  /// The number of times that the thread slept and was woken, for any reason.
  public var wakeUps: UInt64
  /// Wake-ups by the thread's timer instead of a packet.
  public var timerWakeUps: UInt64
  /// Packets for which another stream's packet woke the thread.
  public var sharedPackets: UInt64
  /// Running receivers, each with a socket.
  public var sockets: Int
  /// The number of those sockets that the thread waits for.
  public var waitedSockets: Int
  /// How often it began or stopped waiting for a socket.
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
