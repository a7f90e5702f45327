// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// A UDP socket for the control packets of one sender, on the port after RTP's (RFC 3550, 11).
///
/// A multicast sender's socket is in the stream's own group, to which receivers report; a unicast sender's
/// receives only from its one receiver.
public struct RTCPSocket: ~Copyable, Sendable {
  public let file: FileDescriptor
  private let destination: IPv4Address
  private let port: UInt16
  private let membership: Membership?

  /// - Parameters:
  ///   - source: our own address.
  ///   - destination: the address of the stream.
  ///   - port: RTCP's port.
  public init(
    interface: NetworkInterface, source: IPv4Address, destination: IPv4Address, port: UInt16,
    ttl: UInt8, dscp: UInt8, loopback: Bool
  ) throws(SystemError) {
    var options = clinux_rtcp_options(
      interface_index: interface.index, address: source.bits, destination: destination.bits,
      port: port, ttl: Int32(ttl), dscp: Int32(dscp), loopback: loopback)
    var failure = clinux_failure()
    let number = unsafe clinux_open_rtcp(&options, &failure)
    guard number >= 0 else {
      throw SystemError(failure, "RTCP \(destination):\(port) on \(interface.name)")
    }
    file = FileDescriptor(owning: number)
    self.destination = destination
    self.port = port
    membership =
      destination.isMulticast
      ? Membership(interface: interface.index, group: destination, source: nil) : nil
  }

  /// Sends one packet to the stream's address, without waiting. A receiver without RTCP is not an error.
  public func send(_ bytes: RawSpan) throws(SystemError) {
    let number = file.number
    do throws(SystemError) {
      try kernel(.sendTo, "\(destination):\(port)") {
        unsafe bytes.withUnsafeBytes { buffer in
          unsafe clinux_send_to(
            number, buffer.baseAddress, buffer.count, destination.bits, port)
        }
      }
    } catch {
      if error.code != .connectionRefused { throw error }
    }
  }

  /// Reads the next packet into `buffer`: its length, or nil if there is none.
  public func receive(into buffer: inout MutableRawSpan) -> Int? {
    var address: UInt32 = 0
    var port: UInt16 = 0
    let number = file.number
    // The ICMP error of a receiver without RTCP is reported once; the next packet is read after it.
    for _ in 0..<2 {
      let count = unsafe buffer.withUnsafeMutableBytes { memory in
        unsafe clinux_receive_from(number, memory.baseAddress, memory.count, &address, &port)
      }
      if count >= 0 { return count }
      if errno != ECONNREFUSED { return nil }
    }
    return nil
  }

  /// Tells switches and routers again that this host is in the group.
  public func rejoin() throws(SystemError) { try membership?.renew(on: file.number) }
}
