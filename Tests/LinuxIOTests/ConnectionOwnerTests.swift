// SPDX-License-Identifier: MIT
import Glibc
import Testing

@testable import LinuxIO

/// The user of a TCP connection, from the kernel's table.
@Suite struct ConnectionOwnerTests {
  private let table = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:1F83 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 22 1 0 100 0 0 10 0
       1: 0100007F:1F83 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000   999        0 23 1 0 20 4 30 10 -1
       2: 0100007F:A1B2 0100007F:1F83 01 00000000:00000000 00:00000000 00000000  1000        0 24 1 0 20 4 30 10 -1
       3: 0100007F:A1B3 0100007F:1F83 06 00000000:00000000 03:00000E10 00000000     0        0 0 3 0
       4: 0100007F:001F 0100007F:1F83 01 00000000:00000000 00:00000000 00000000  1001        0 25 1 0 20 4 30 10 -1
       5: 0200007F:A1B4 0100007F:1F83 01 00000000:00000000 00:00000000 00000000  1002        0 26 1 0 20 4 30 10 -1
       6: 0100007F:A1B5 0100007F:1F83 04 00000000:00000001 01:00000019 00000000     0        0 0 2 0 20 4 30 10 -1
       7: 0100007F:A1B6 0100007F:1F83 05 00000000:00000000 03:00001710 00000000     0        0 0 3 0
       8: 0100007F:A1B7 0100007F:1F83 09 00000000:00000001 01:00000019 00000000     0        0 0 2 0 20 4 30 10 -1

    """

  @Test(arguments: [
    (0xA1B2, 8067, 1000 as UInt32?), (0x1F83, 0xA1B2, 999), (31, 8067, 1001), (0xA1B3, 8067, nil),
    (0xA1B4, 8067, nil), (0xA1B5, 8067, nil), (0xA1B6, 8067, nil), (0xA1B7, 8067, nil),
    (0xA1B2, 8068, nil), (1, 8067, nil),
  ])
  func eachEndHasItsUser(port: Int, ownPort: Int, user: UInt32?) {
    let found = ConnectionOwner.user(ofPort: UInt16(port), to: UInt16(ownPort), in: table)
    #expect(found == user)
  }

  /// A connection that was closed right after a request must not be taken for root's: the kernel lists user 0
  /// for a socket that no program has open.
  @Test func aClosedConnectionHasNoUser() throws {
    let listener = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    let ownPort = try Self.bind(listener.number)
    #expect(listen(listener.number, 1) == 0)
    let port: UInt16
    do {
      let client = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
      port = try Self.bind(client.number)
      var there = Self.loopback(ownPort)
      let length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let answer = unsafe withUnsafePointer(to: &there) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe connect(client.number, $0, length)
        }
      }
      #expect(answer == 0)
      #expect(ConnectionOwner.user(ofPort: port, to: ownPort) == getuid())
    }
    #expect(ConnectionOwner.user(ofPort: port, to: ownPort) == nil)
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  /// Binds a socket to a free port, and returns the port.
  private static func bind(_ number: Int32) throws -> UInt16 {
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let answer = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.bind(number, $0, length) | getsockname(number, $0, &length)
      }
    }
    try #require(answer == 0)
    return UInt16(bigEndian: address.sin_port)
  }

  @Test func anEmptyTableHasNoUser() {
    #expect(ConnectionOwner.user(ofPort: 1, to: 2, in: "") == nil)
    #expect(
      ConnectionOwner.user(ofPort: 1, to: 2, in: "sl\n 0: 0100007F:0001 0100007F:0002 01") == nil)
  }
}
