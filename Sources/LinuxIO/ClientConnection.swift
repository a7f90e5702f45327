// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// The daemon's end of one client's socket, and the identity of the client.
public struct ClientConnection: ~Copyable, Sendable {
  /// The result of a read.
  public enum Reading: Equatable, Sendable {
    case nothing
    /// A packet of this length, of which no more than the buffer's size was stored.
    case packet(length: Int)
    case closed
  }

  /// Readable when the client has sent something or has disconnected.
  public var descriptor: Int32 { socket.number }
  /// The process id; 0 if the client is in a process namespace that is not visible here.
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

  /// Becomes readable when the client's process has ended, even if a child keeps the socket open; -1 if the
  /// kernel does not support that.
  public var processDescriptor: Int32 {
    switch process {
    case .some(let descriptor): descriptor.number
    case nil: -1
    }
  }

  /// Reads one packet without waiting. Descriptors that are passed with it are dropped.
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

  /// Sends one packet with descriptors, without waiting. The packet is lost if the client does not read.
  public func send(_ bytes: [UInt8], descriptors: [Int32]) throws(SystemError) {
    let number = socket.number
    try kernel(.sendMessage, "to client \(processID)") {
      unsafe clinux_send_descriptors(
        number, bytes, bytes.count, descriptors, Int32(descriptors.count))
    }
  }
}
