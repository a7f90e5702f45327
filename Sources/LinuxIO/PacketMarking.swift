// SPDX-License-Identifier: MIT
internal import Glibc

/// The marking of a socket's packets. It can be changed while packets are sent, without losing any.
public struct PacketMarking: Equatable, Sendable {
  /// The time to live of multicast and unicast, 1 to 255.
  public var ttl: UInt8
  /// 0 to 63 (NET-04).
  public var dscp: UInt8
  /// True if programs on this host also receive our multicast.
  public var loopback: Bool

  public init(ttl: UInt8, dscp: UInt8, loopback: Bool) {
    self.ttl = ttl
    self.dscp = dscp
    self.loopback = loopback
  }

  /// Sets the marking of all packets that are sent through `socket` from now on. From any thread, also while
  /// another one sends.
  public func apply(to socket: borrowing FileDescriptor) throws(SystemError) {
    try Self.set(socket.number, .multicastTTL, IP_MULTICAST_TTL, Int32(ttl))
    try Self.set(socket.number, .ttl, IP_TTL, Int32(ttl))
    try Self.set(socket.number, .multicastLoopback, IP_MULTICAST_LOOP, loopback ? 1 : 0)
    try Self.set(socket.number, .typeOfService, IP_TOS, Int32(dscp) << 2)
  }

  private static func set(
    _ socket: Int32, _ call: SystemCall, _ option: Int32, _ value: Int32
  ) throws(SystemError) {
    var value = value
    let length = socklen_t(MemoryLayout<Int32>.size)
    try kernel(call, "\(value)") {
      unsafe setsockopt(socket, Int32(IPPROTO_IP), option, &value, length)
    }
  }
}
