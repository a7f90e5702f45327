// SPDX-License-Identifier: MIT
internal import CLinux

/// The socket through which all senders send.
public struct SenderSocket: ~Copyable, Sendable {
  public let file: FileDescriptor

  /// Opens it on `interface`, with `source` as the packets' source address.
  ///
  /// - Parameters:
  ///   - ttl: 1 to 255.
  ///   - dscp: 0 to 63 (NET-04).
  ///   - loopback: whether programs on this host hear our multicast as well.
  public init(
    interface: NetworkInterface, source: IPv4Address, ttl: UInt8, dscp: UInt8, loopback: Bool
  ) throws(SystemError) {
    var options = clinux_sender_options(
      interface_index: interface.index, address: source.bits, ttl: Int32(ttl), dscp: Int32(dscp),
      loopback: loopback)
    var failure = unsafe clinux_failure()
    let number = unsafe clinux_open_sender(&options, &failure)
    guard number >= 0 else {
      throw unsafe SystemError(failure, "\(source) on \(interface.name)")
    }
    file = FileDescriptor(owning: number)
  }
}

/// The socket of one receiver.
public struct ReceiverSocket: ~Copyable, Sendable {
  /// A burst of 20 ms at 125 us and 64 channels, with the kernel's overhead a packet (NET-12).
  private static var bufferBytes: Int32 { 1 << 20 }

  public let file: FileDescriptor

  /// Opens it for `address`, a group to join on `interface` or an address of our own.
  ///
  /// - Parameter source: where given, only this host's packets are asked of the network.
  public init(
    interface: NetworkInterface, address: IPv4Address, port: UInt16, source: IPv4Address?
  ) throws(SystemError) {
    var options = clinux_receiver_options(
      interface_index: interface.index, address: address.bits, port: port,
      source: source?.bits ?? 0, buffer_bytes: ReceiverSocket.bufferBytes)
    var failure = unsafe clinux_failure()
    let number = unsafe clinux_open_receiver(&options, &failure)
    guard number >= 0 else {
      throw unsafe SystemError(failure, "\(address):\(port) on \(interface.name)")
    }
    file = FileDescriptor(owning: number)
  }
}

extension SystemError {
  fileprivate init(_ failure: clinux_failure, _ subject: String) {
    // Safety: the call's name is a literal of the C library.
    unsafe self.init(
      call: String(cString: failure.call), code: failure.code, subject: subject)
  }
}
