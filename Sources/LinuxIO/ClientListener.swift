// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// The socket at which programs of this host request the device: one packet, one answer.
public struct ClientListener: ~Copyable, Sendable {
  /// The reason why there is no socket.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// Another daemon answers there.
    case anotherDaemonRuns(path: String)
    case pathTooLong(path: String)
    case noSuchGroup(name: String)
    case system(SystemError)

    public var description: String {
      switch self {
      case .anotherDaemonRuns(let path):
        "another aes67d runs on this instance: it answers at \(path); stop it, or start this one"
          + " with --instance NAME"
      case .pathTooLong(let path):
        "\(path) is too long for a socket: 107 bytes at most; choose a shorter runtime directory"
      case .noSuchGroup(let name):
        "the group \(name) does not exist; create it (groupadd --system \(name)) or name another"
          + " one in device.socket-group"
      case .system(let error):
        error.description
      }
    }
  }

  /// Becomes readable when a client connects.
  public var descriptor: Int32 { socket.number }
  public let path: String
  private let groupID: gid_t?
  private var socket: FileDescriptor

  /// Listens at `path`, to which root and the group may connect; replaces the socket of a daemon that has
  /// ended.
  ///
  /// - Parameter group: nil leaves the group as it is.
  public init(path: String, group: String?) throws(Failure) {
    guard let address = UnixAddress(path) else { throw .pathTooLong(path: path) }
    let groupID = try group.map { (name) throws(Failure) in
      do throws(SystemError) {
        return try Groups.identifier(of: name)
      } catch {
        throw Failure.noSuchGroup(name: name)
      }
    }
    if Self.isAnswered(address) { throw .anotherDaemonRuns(path: path) }
    do throws(SystemError) {
      // No daemon listens there: checked above.
      socket = try Self.listen(at: address, path, groupID)
      self.groupID = groupID
      self.path = path
    } catch {
      throw .system(error)
    }
  }

  /// Opens the socket again if its file was removed and its directory exists.
  public mutating func restore() throws(SystemError) {
    guard Files.canRestore(path), let address = UnixAddress(path) else { return }
    socket = try Self.listen(at: address, path, groupID)
  }

  private static func listen(
    at address: UnixAddress, _ path: String, _ groupID: gid_t?
  ) throws(SystemError) -> FileDescriptor {
    let number = try kernel(.socket, path) { makeSocket() }
    let socket = FileDescriptor(owning: number)
    _ = unsafe unlink(path)
    try kernel(.bind, path) { unsafe address.withPointer { unsafe bind(number, $0, $1) } }
    try kernel(.changeMode, path) { unsafe chmod(path, 0o660) }
    if let groupID {
      try kernel(.changeOwner, path) { unsafe chown(path, uid_t.max, groupID) }
    }
    try kernel(.listen, path) { Glibc.listen(number, 128) }
    return socket
  }

  deinit {
    _ = unsafe unlink(path)
  }

  /// The next client that waits; nil if there is none.
  public func accept() throws(SystemError) -> ClientConnection? {
    let listener = socket.number
    do throws(SystemError) {
      let number = try kernel(.accept, path) { clinux_accept(listener) }
      return try ClientConnection(socket: FileDescriptor(owning: number))
    } catch {
      if error.code == .resourceTemporarilyUnavailable || error.code == .connectionAbort {
        return nil
      }
      throw error
    }
  }

  static func makeSocket() -> Int32 {
    let type = SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    return Glibc.socket(AF_UNIX, Int32(type), 0)
  }

  /// Returns true if another daemon has the socket. A full backlog is an answer, too.
  private static func isAnswered(_ address: UnixAddress) -> Bool {
    let number = makeSocket()
    guard number >= 0 else { return false }
    let probe = FileDescriptor(owning: number)
    return unsafe address.withPointer { pointer, length in
      unsafe connect(probe.number, pointer, length) == 0 || errno == EAGAIN
    }
  }
}
