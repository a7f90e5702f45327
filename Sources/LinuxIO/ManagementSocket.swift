// SPDX-License-Identifier: MIT
internal import Glibc

/// The Unix datagram socket at which programs of this host query a PTP clock's data sets, like ptp4l's
/// (MGT-02). Each answer goes to the socket from which its request came.
public struct ManagementSocket: ~Copyable, Sendable {
  /// The socket of a requesting program.
  public struct Peer: Sendable {
    let address: UnixAddress
    /// Its path, for messages; empty if it has none.
    public var path: String { address.path }
  }

  /// Readable when a request waits.
  public var descriptor: Int32 { socket.number }
  public let path: String
  private let groupID: gid_t
  private var socket: FileDescriptor

  /// Opens the socket at `path`, to which root and the group may write; replaces the socket of a daemon that
  /// has ended.
  ///
  /// - Parameter group: its name or number.
  public init(path: String, group: String) throws(ClientListener.Failure) {
    guard let address = UnixAddress(path) else { throw .pathTooLong(path: path) }
    do throws(SystemError) {
      let identifier = try Groups.identifier(of: group)
      socket = try Self.open(at: address, path, identifier)
      groupID = identifier
      self.path = path
    } catch {
      throw .system(error)
    }
  }

  /// Opens the socket again if its file was removed and its directory exists.
  public mutating func restore() throws(SystemError) {
    guard Files.canRestore(path), let address = UnixAddress(path) else { return }
    socket = try Self.open(at: address, path, groupID)
  }

  private static func open(
    at address: UnixAddress, _ path: String, _ groupID: gid_t
  ) throws(SystemError) -> FileDescriptor {
    let type = SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let number = try kernel(.socket, path) { Glibc.socket(AF_UNIX, Int32(type), 0) }
    let socket = FileDescriptor(owning: number)
    _ = unsafe unlink(path)  // The directory is ours: checked for the clients' socket.
    try kernel(.bind, path) { unsafe address.withPointer { unsafe bind(number, $0, $1) } }
    try kernel(.changeMode, path) { unsafe chmod(path, 0o660) }
    try kernel(.changeOwner, path) { unsafe chown(path, uid_t.max, groupID) }
    return socket
  }

  deinit {
    _ = unsafe unlink(path)
  }

  /// Reads the next request into `buffer`: its length, and its sender; nil if there is none.
  public func receive(into buffer: inout [UInt8]) -> (count: Int, peer: Peer)? {
    var storage = sockaddr_un()
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let number = socket.number
    let capacity = buffer.count
    let count = unsafe withUnsafeMutablePointer(to: &storage) { address in
      // Safety: every socket address starts as sockaddr does, and the length says how much there is.
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe recvfrom(number, &buffer, capacity, Int32(MSG_DONTWAIT), pointer, &length)
      }
    }
    guard count >= 0 else { return nil }
    return (count, Peer(address: UnixAddress(storage, length: length)))
  }

  /// Answers without waiting. The answer is lost if the program does not read.
  public func send(_ bytes: [UInt8], to peer: Peer) throws(SystemError) {
    let number = socket.number
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    try kernel(.sendTo, peer.path) {
      unsafe peer.address.withPointer { pointer, length in
        unsafe sendto(number, bytes, bytes.count, flags, pointer, length)
      }
    }
  }
}
