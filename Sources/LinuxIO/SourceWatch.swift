// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux

/// Detects the sources that send to a group, without reading the packets' content.
///
/// Only a few packets are queued; the kernel drops the others. An occasional check therefore finds present
/// senders, not those whose packets have waited behind a thousand others.
public struct SourceWatch: ~Copyable, Sendable {
  /// The buffer size, including the kernel's overhead per packet; the kernel doubles it (socket(7), SO_RCVBUF).
  private static var bufferBytes: Int32 { 4096 }
  /// The maximum number of queued packets, however small they are.
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

  /// Removes one packet and returns its source; nil if there is none.
  public func nextSource() -> IPv4Address? {
    var byte: UInt8 = 0
    var address: UInt32 = 0
    var port: UInt16 = 0
    let count = unsafe clinux_receive_from(socket.file.number, &byte, 1, &address, &port)
    return count >= 0 ? IPv4Address(bits: address) : nil
  }
}
