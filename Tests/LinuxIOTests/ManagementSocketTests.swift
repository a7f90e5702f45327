// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

/// Management requests and answers in Unix datagrams (MGT-02).
@Suite struct ManagementSocketTests {
  private let directory = "/tmp/aes67-management-\(getpid())-\(UInt32.random(in: .min ... .max))"

  private func withSockets(
    _ body: (borrowing ManagementSocket, borrowing ManagementSocket) throws -> Void
  ) throws {
    try Files.makeDirectory(directory)
    defer { _ = unsafe rmdir(directory) }
    let group = "\(getgid())"
    let one = try ManagementSocket(path: directory + "/one", group: group)
    let other = try ManagementSocket(path: directory + "/other", group: group)
    try body(one, other)
  }

  @Test("An answer goes to the sender of the request; only owner and group may send requests")
  func roundTrip() throws {
    try withSockets { one, other in
      var buffer = [UInt8](repeating: 0, count: 64)
      #expect(take(one, &buffer)?.count == nil)
      try ask(other, [1, 2, 3])
      let (count, peer) = try #require(take(one, &buffer))
      #expect(count == 3 && Array(buffer[..<3]) == [1, 2, 3] && peer.path == directory + "/other")
      try one.send([4, 5], to: peer)
      let answer = try #require(take(other, &buffer))
      #expect(answer.count == 2 && Array(buffer[..<2]) == [4, 5])
      #expect(answer.peer.path == directory + "/one")
      var facts = stat()
      #expect(unsafe stat(directory + "/one", &facts) == 0 && facts.st_mode & 0o777 == 0o660)
    }
    #expect(!Files.exists(directory + "/one"))
  }

  @Test("A socket whose file was removed is opened again (assault F15)")
  func restored() throws {
    try Files.makeDirectory(directory)
    defer { _ = unsafe rmdir(directory) }
    let group = "\(getgid())"
    var one = try ManagementSocket(path: directory + "/one", group: group)
    let other = try ManagementSocket(path: directory + "/other", group: group)
    Files.remove(directory + "/one")
    try one.restore()
    var buffer = [UInt8](repeating: 0, count: 64)
    try ask(other, [1, 2, 3])
    #expect(take(one, &buffer)?.count == 3)
  }

  @Test("A request longer than the buffer is truncated; an empty one has no bytes")
  func lengths() throws {
    try withSockets { one, other in
      var buffer = [UInt8](repeating: 0, count: 4)
      try ask(other, [UInt8](repeating: 9, count: 10))
      #expect(take(one, &buffer)?.count == 4)
      try ask(other, [])
      #expect(take(one, &buffer)?.count == 0)
    }
  }

  private func take(
    _ socket: borrowing ManagementSocket, _ buffer: inout [UInt8]
  ) -> (count: Int, peer: ManagementSocket.Peer)? {
    socket.receive(into: &buffer)
  }

  /// Sends `bytes` from `socket` to the first socket.
  private func ask(_ socket: borrowing ManagementSocket, _ bytes: [UInt8]) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) {
      unsafe $0.copyBytes(from: Array((directory + "/one").utf8))
    }
    let number = socket.descriptor
    let sent = unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe sendto(
          number, bytes, bytes.count, 0, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(sent == bytes.count)
  }
}
