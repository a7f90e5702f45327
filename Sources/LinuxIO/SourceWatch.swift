// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux

/// Hears who sends to a group, and nothing of what is sent.
///
/// Only a few packets wait, the rest is lost in the kernel: who looks now and then hears of senders of that time, not of
/// those whose packets have waited behind a thousand others.
public struct SourceWatch: ~Copyable, Sendable {
  /// With the kernel's overhead a packet, and doubled by it (socket(7), SO_RCVBUF).
  private static var bufferBytes: Int32 { 4096 }
  /// Fewer packets wait there, however small they are.
  public static var maximumWaiting: Int { 64 }

  private let socket: ReceiverSocket

  /// Joins `group` on `interface`.
  public init(
    interface: NetworkInterface, group: IPv4Address, port: UInt16
  ) throws(SystemError) {
    socket = try ReceiverSocket(
      interface: interface, address: group, port: port, source: nil,
      bufferBytes: SourceWatch.bufferBytes)
  }

  /// Takes one packet away and says who sent it; nil when none waits.
  public func nextSource() -> IPv4Address? {
    var byte: UInt8 = 0
    var address: UInt32 = 0
    var port: UInt16 = 0
    let count = unsafe clinux_receive_from(socket.file.number, &byte, 1, &address, &port)
    return count >= 0 ? IPv4Address(bits: address) : nil
  }
}
