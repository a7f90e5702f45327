// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// The daemon's end of one client's socket, and who is at the other end.
public struct ClientConnection: ~Copyable, Sendable {
  /// What a read brought.
  public enum Reading: Equatable, Sendable {
    case nothing
    /// A packet of this true length; no more than the buffer's size of it was stored.
    case packet(length: Int)
    case closed
  }

  /// Readable when the client sent something or is gone.
  public var descriptor: Int32 { socket.number }
  /// 0 when the client lives in a process namespace that we do not see.
  public let processID: Int32
  public let userID: UInt32
  private let socket: FileDescriptor
  private let process: FileDescriptor?

  init(socket: consuming FileDescriptor) throws(SystemError) {
    let number = socket.number
    var processID: pid_t = 0
    var userID: uid_t = 0
    try kernel(.peerCredentials) { unsafe clinux_peer(number, &processID, &userID) }
    var watch = clinux_open_peer_process(number)
    if watch < 0, processID > 0 { watch = clinux_open_process(processID) }
    self.processID = processID
    self.userID = userID
    process = watch < 0 ? nil : FileDescriptor(owning: watch)
    self.socket = socket
  }

  /// Becomes readable when the client's process ended, even if a child of it keeps the socket open;
  /// -1 where the kernel cannot tell.
  public var processDescriptor: Int32 {
    switch process {
    case .some(let descriptor): descriptor.number
    case nil: -1
    }
  }

  /// Reads one packet without waiting. Descriptors that came with it are dropped.
  public func receive(into buffer: inout [UInt8]) -> Reading {
    let number = socket.number
    let count = buffer.count
    do throws(SystemError) {
      let length = try kernel(.receive) { unsafe clinux_receive_packet(number, &buffer, count) }
      return length == 0 ? .closed : .packet(length: length)
    } catch {
      return error.code == .resourceTemporarilyUnavailable ? .nothing : .closed
    }
  }

  /// Sends one packet with descriptors, without waiting: a client that does not take it loses it.
  public func send(_ bytes: [UInt8], descriptors: [Int32]) throws(SystemError) {
    let number = socket.number
    try kernel(.sendMessage, "to client \(processID)") {
      unsafe clinux_send_descriptors(
        number, bytes, bytes.count, descriptors, Int32(descriptors.count))
    }
  }
}
