// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

import struct SystemPackage.Errno

@Suite struct ClientListenerTests {
  /// A temporary directory, removed when the object is released.
  private final class Scratch {
    let path: String

    init() {
      var template = Array("/tmp/aes67-test-XXXXXX".utf8CString)
      path = unsafe String(cString: mkdtemp(&template))
    }

    deinit {
      unsafe unlink(path + "/clients.sock")
      unsafe rmdir(path)
    }

    var socket: String { path + "/clients.sock" }
  }

  private func client(of path: String) -> FileDescriptor {
    let number = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) {
      unsafe $0.copyBytes(from: Array(path.utf8))
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let answer = unsafe withUnsafePointer(to: address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(number, $0, size)
      }
    }
    #expect(answer == 0)
    return FileDescriptor(owning: number)
  }

  @Test func answersAClientWithADescriptor() throws {
    let scratch = Scratch()
    let listener = try ClientListener(path: scratch.socket, group: nil)
    #expect(try listener.accept() == nil)
    let peer = client(of: scratch.socket)
    guard let connection = try listener.accept() else {
      Issue.record("no connection is pending")
      return
    }
    #expect(connection.processID == getpid())
    #expect(connection.userID == getuid())
    #expect(connection.processDescriptor >= 0)

    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(connection.receive(into: &buffer) == .nothing)
    unsafe send(peer.number, Array(1...20) as [UInt8], 20, 0)
    #expect(connection.receive(into: &buffer) == .packet(length: 20))
    #expect(buffer == Array(1...8))

    try connection.send([5, 6], descriptors: [0])
    unsafe #expect(recv(peer.number, &buffer, 8, 0) == 2)
    #expect(buffer.prefix(2) == [5, 6])
  }

  @Test func reportsAClosedConnection() throws {
    let scratch = Scratch()
    let listener = try ClientListener(path: scratch.socket, group: nil)
    do { _ = client(of: scratch.socket) }
    guard let connection = try listener.accept() else {
      Issue.record("no connection is pending")
      return
    }
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(connection.receive(into: &buffer) == .closed)
    #expect(throws: SystemError.self) { try connection.send([1], descriptors: []) }
  }

  @Test func socketIsForOwnerAndGroup() throws {
    let scratch = Scratch()
    let listener = try ClientListener(path: scratch.socket, group: "\(getgid())")
    var status = stat()
    unsafe #expect(stat(listener.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o660)
    #expect(status.st_gid == getgid())
  }

  @Test func refusesToReplaceALiveDaemonAndReplacesADeadOne() throws {
    let scratch = Scratch()
    do {
      let first = try ClientListener(path: scratch.socket, group: nil)
      #expect(throws: ClientListener.Failure.anotherDaemonRuns(path: scratch.socket)) {
        _ = try ClientListener(path: scratch.socket, group: nil)
      }
      unsafe #expect(access(first.path, F_OK) == 0)
    }
    unsafe #expect(access(scratch.socket, F_OK) == -1)

    unsafe creat(scratch.socket, 0o600)  // A plain file has no listener either.
    _ = try ClientListener(path: scratch.socket, group: nil)
  }

  /// F15: a socket whose file or directory was removed is restored at the next check.
  @Test func aRemovedSocketIsRestored() throws {
    let scratch = Scratch()
    var listener = try ClientListener(path: scratch.socket, group: nil)
    try listener.restore()
    var peer = client(of: scratch.socket)
    #expect(try listener.accept() != nil, "an existing socket is kept")

    unsafe #expect(unlink(scratch.socket) == 0)
    try listener.restore()
    peer = client(of: scratch.socket)
    #expect(try listener.accept() != nil)

    unsafe #expect(unlink(scratch.socket) == 0 && rmdir(scratch.path) == 0)
    try listener.restore()
    #expect(!Files.exists(scratch.socket), "the directory is not created")
    // In a directory that others may write to, the socket could be replaced.
    unsafe #expect(mkdir(scratch.path, 0o777) == 0 && chmod(scratch.path, 0o777) == 0)
    try listener.restore()
    #expect(!Files.exists(scratch.socket))
    unsafe #expect(chmod(scratch.path, 0o755) == 0)
    try listener.restore()
    peer = client(of: scratch.socket)
    #expect(try listener.accept() != nil && peer.number >= 0)
  }

  @Test func failuresAreDescribed() {
    let long = "/tmp/" + String(repeating: "x", count: 110)
    #expect(throws: ClientListener.Failure.pathTooLong(path: long)) {
      _ = try ClientListener(path: long, group: nil)
    }
    #expect(throws: ClientListener.Failure.noSuchGroup(name: "no-such-group")) {
      _ = try ClientListener(path: "/tmp/x.sock", group: "no-such-group")
    }
    let missing = ClientListener.Failure.system(
      SystemError(
        call: .bind, code: .noSuchFileOrDirectory, subject: "/no/such/directory/clients.sock"))
    #expect(
      missing.description == "bind /no/such/directory/clients.sock: No such file or directory")
    #expect(throws: missing) {
      _ = try ClientListener(path: "/no/such/directory/clients.sock", group: nil)
    }
  }
}
