// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc

/// The sockets of session announcements on one interface: one for each group that is listened on, and
/// one that sends to all of them (RFC 2974, 3; SAP-01).
public struct SAPSocket: ~Copyable, Sendable {
  /// Administrative scope, as AES67 devices use it, and the standard's global one.
  public static let groups = [
    IPv4Address(bits: 0xEFFF_FFFF), IPv4Address(bits: 0xE002_7FFE),
  ]
  public static var port: UInt16 { 9875 }

  private let first: ReceiverSocket
  private let second: ReceiverSocket
  private let sender: SenderSocket

  /// - Parameter loopback: whether programs on this host hear our announcements as well.
  public init(
    interface: NetworkInterface, source: IPv4Address, loopback: Bool
  ) throws(SystemError) {
    let first = try ReceiverSocket(
      interface: interface, address: Self.groups[0], port: Self.port, source: nil)
    let second = try ReceiverSocket(
      interface: interface, address: Self.groups[1], port: Self.port, source: nil)
    // Best effort, and as far as scopes allow (NET-04, NET-07).
    let sender = try SenderSocket(
      interface: interface, source: source, ttl: 255, dscp: 0, loopback: loopback)
    self.first = first
    self.second = second
    self.sender = sender
  }

  /// Readable when an announcement waits.
  public var descriptors: [Int32] { [first.file.number, second.file.number] }

  /// Sends one announcement to every group. What cannot be sent is announced again later.
  public func send(_ bytes: [UInt8]) throws(SystemError) {
    for group in Self.groups {
      try kernel("sendto", "\(group):\(Self.port)") {
        unsafe clinux_send_to(sender.file.number, bytes, bytes.count, group.bits, Self.port)
      }
    }
  }

  /// Takes the next announcement that waits; nil when there is none.
  public func receive(into buffer: inout [UInt8]) -> (count: Int, source: IPv4Address)? {
    for descriptor in descriptors {
      var address: UInt32 = 0
      var port: UInt16 = 0
      let count = unsafe clinux_receive_from(
        descriptor, &buffer, buffer.count, &address, &port)
      if count >= 0 { return (count, IPv4Address(bits: address)) }
    }
    return nil
  }

  /// Joins both groups again (NET-09).
  public func rejoin() throws(SystemError) {
    try first.rejoin()
    try second.rejoin()
  }
}
