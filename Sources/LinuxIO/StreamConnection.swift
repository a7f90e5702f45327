// SPDX-License-Identifier: MIT
internal import Glibc
public import MediaClock

internal import struct SystemPackage.Errno

/// Our end of a byte stream to a Unix socket, with a timeout for every wait.
///
/// An interactive program must report within seconds that there is no answer.
public struct StreamConnection: ~Copyable, Sendable {
  private let socket: FileDescriptor
  private let path: String

  /// Connects to the program that listens at `path`.
  ///
  /// - Throws: `ENOENT` and `ECONNREFUSED` if there is none, `EACCES` if permission is denied, `ENAMETOOLONG`
  ///   if the path is too long for a socket.
  public init(path: String) throws(SystemError) {
    guard let address = UnixAddress(path) else {
      throw SystemError(call: .connect, code: .fileNameTooLong, subject: path)
    }
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let socket = FileDescriptor(
      owning: try kernel(.socket, path) { Glibc.socket(AF_UNIX, type, 0) })
    let number = socket.number
    try kernel(.connect, path) { unsafe address.withPointer { unsafe connect(number, $0, $1) } }
    self.socket = socket
    self.path = path
  }

  /// Sends all bytes, or fails with `ETIMEDOUT` if they are not taken before `deadline`.
  public func send(_ bytes: [UInt8], until deadline: MonotonicInstant) throws(SystemError) {
    var sent = 0
    while sent < bytes.count {
      do throws(SystemError) {
        let number = socket.number
        sent += try kernel(.send, path) {
          unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(
              number, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
          }
        }
      } catch  where error.code == .resourceTemporarilyUnavailable {
        try wait(for: POLLOUT, until: deadline)
      }
    }
  }

  /// Reads available bytes, waiting for some until `deadline`, or without limit if that is nil.
  ///
  /// - Returns: the number of bytes of `buffer` that were filled; 0 if the other end has closed.
  /// - Throws: `ETIMEDOUT` at the deadline.
  public func receive(
    into buffer: inout [UInt8], until deadline: MonotonicInstant?
  ) throws(SystemError) -> Int {
    while true {
      do throws(SystemError) {
        let number = socket.number
        let count = buffer.count
        return try kernel(.receive, path) { unsafe recv(number, &buffer, count, 0) }
      } catch  where error.code == .resourceTemporarilyUnavailable {
        try wait(for: POLLIN, until: deadline)
      }
    }
  }

  /// Waits until something can be read here, or from `other`.
  ///
  /// - Returns: true if `other` can be read.
  /// - Throws: `ETIMEDOUT` at the deadline.
  public func wait(
    orFor other: Int32, until deadline: MonotonicInstant
  ) throws(SystemError) -> Bool {
    let left = (deadline - MonotonicClock.now).nanoseconds
    guard left > 0 else { throw SystemError(call: .poll, code: .timedOut, subject: path) }
    var entries = [
      pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: other, events: Int16(POLLIN), revents: 0),
    ]
    try kernel(.poll, path) {
      unsafe poll(&entries, 2, Int32(clamping: (left + 999_999) / 1_000_000))
    }
    return entries[1].revents != 0
  }

  private func wait(for events: Int32, until deadline: MonotonicInstant?) throws(SystemError) {
    var milliseconds: Int32 = -1
    if let deadline {
      let left = (deadline - MonotonicClock.now).nanoseconds
      guard left > 0 else { throw SystemError(call: .poll, code: .timedOut, subject: path) }
      milliseconds = Int32(clamping: (left + 999_999) / 1_000_000)
    }
    var entry = pollfd(fd: socket.number, events: Int16(events), revents: 0)
    try kernel(.poll, path) { unsafe poll(&entry, 1, milliseconds) }
  }
}
