// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// An error of the network about a packet that could not be delivered (ICMP, RFC 1122, 3.2.2).
public enum DeliveryProblem: Equatable, Sendable {
  /// The receiver exists, and no program listens on that port.
  case refused
  /// There is no route, or no answer; in the C library's words.
  case unreachable(String)
}

/// A socket through which senders send: one for all multicast streams, or one for a unicast stream.
///
/// A unicast stream has its own socket because errors are reported to sockets: an error of one receiver must
/// not cost another stream a packet.
public struct SenderSocket: ~Copyable, Sendable {
  public let file: FileDescriptor

  /// Opens it on `interface`, with `source` as the packets' source address.
  ///
  /// - Parameters:
  ///   - receiver: the one receiver of a unicast stream; nil for multicast.
  ///   - ttl: 1 to 255.
  ///   - dscp: 0 to 63 (NET-04).
  ///   - loopback: true if programs on this host also receive our multicast.
  public init(
    interface: NetworkInterface, source: IPv4Address,
    to receiver: (address: IPv4Address, port: UInt16)? = nil, ttl: UInt8, dscp: UInt8,
    loopback: Bool
  ) throws(SystemError) {
    var options = clinux_sender_options(
      interface_index: interface.index, address: source.bits,
      destination: receiver?.address.bits ?? 0, destination_port: receiver?.port ?? 0,
      ttl: Int32(ttl), dscp: Int32(dscp), loopback: loopback)
    var failure = clinux_failure()
    let number = unsafe clinux_open_sender(&options, &failure)
    guard number >= 0 else {
      let target = receiver.map { "to \($0.address):\($0.port) " } ?? ""
      throw SystemError(failure, "\(target)from \(source) on \(interface.name)")
    }
    file = FileDescriptor(owning: number)
  }

  /// Reads an error about packets sent before; nil if there is none.
  ///
  /// Must be called until it returns nil, because `poll` reports an error as long as one is queued.
  public func nextProblem() -> DeliveryProblem? {
    let code = clinux_take_error(file.number)
    guard code != 0 else { return nil }
    if code == ECONNREFUSED { return .refused }
    return .unreachable(Errno(rawValue: code).description)
  }
}

/// The socket of one receiver.
public struct ReceiverSocket: ~Copyable, Sendable {
  /// A burst of 20 ms at 125 us and 64 channels, with the kernel's overhead per packet (NET-12).
  public static var streamBufferBytes: Int32 { 1 << 20 }

  public let file: FileDescriptor
  private let membership: Membership?

  /// Opens it for `address`, a group to join on `interface` or an address of our own.
  ///
  /// - Parameters:
  ///   - source: the only host whose packets are requested from the network; nil for all.
  ///   - bufferBytes: the size of the receive buffer, including the kernel's overhead per packet.
  public init(
    interface: NetworkInterface, address: IPv4Address, port: UInt16, source: IPv4Address?,
    bufferBytes: Int32 = streamBufferBytes
  ) throws(SystemError) {
    var options = clinux_receiver_options(
      interface_index: interface.index, address: address.bits, port: port,
      source: source?.bits ?? 0, buffer_bytes: bufferBytes)
    var failure = clinux_failure()
    let number = unsafe clinux_open_receiver(&options, &failure)
    guard number >= 0 else {
      throw SystemError(failure, "\(address):\(port) on \(interface.name)")
    }
    file = FileDescriptor(owning: number)
    membership =
      address.isMulticast
      ? Membership(interface: interface.index, group: address, source: source) : nil
  }

  /// Leaves the group and joins it again, so that switches and routers are told (NET-09).
  ///
  /// The kernel answers queries by itself, but there is none after a cable was moved to another switch, or
  /// without a querier. No effect on a unicast socket.
  ///
  /// - Throws: `ENODEV` if the interface is gone: the socket cannot receive any more.
  public func rejoin() throws(SystemError) { try membership?.renew(on: file.number) }
}

/// A multicast group that a socket is in.
struct Membership: Equatable, Sendable {
  /// The interface's index.
  var interface: UInt32
  var group: IPv4Address
  /// The only host whose packets are requested; nil for all.
  var source: IPv4Address?

  func renew(on socket: Int32) throws(SystemError) {
    leave(on: socket)
    try join(on: socket)
  }

  /// Leaves the group. An error means that it was not joined any more; joining it again reports whether that is
  /// possible.
  func leave(on socket: Int32) {
    _ = clinux_leave(socket, interface, group.bits, source?.bits ?? 0)
  }

  func join(on socket: Int32) throws(SystemError) {
    let only = source?.bits ?? 0
    try kernel(.joinGroup, "\(group)") { clinux_join(socket, interface, group.bits, only) }
  }
}

extension SystemError {
  /// The error of a call in `CLinux` that opened a socket.
  init(_ failure: clinux_failure, _ subject: String) {
    self.init(
      call: SystemCall(failure.call), code: Errno(rawValue: failure.code), subject: subject)
  }
}
