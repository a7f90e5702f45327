// SPDX-License-Identifier: MIT
import Testing

@testable import LinuxIO

/// Whose a TCP connection is, from the kernel's table.
@Suite struct ConnectionOwnerTests {
  private let table = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:1F83 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 22 1 0 100 0 0 10 0
       1: 0100007F:1F83 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000   999        0 23 1 0 20 4 30 10 -1
       2: 0100007F:A1B2 0100007F:1F83 01 00000000:00000000 00:00000000 00000000  1000        0 24 1 0 20 4 30 10 -1
       3: 0100007F:A1B3 0100007F:1F83 06 00000000:00000000 03:00000E10 00000000     0        0 0 3 0
       4: 0100007F:001F 0100007F:1F83 01 00000000:00000000 00:00000000 00000000  1001        0 25 1 0 20 4 30 10 -1
       5: 0200007F:A1B4 0100007F:1F83 01 00000000:00000000 00:00000000 00000000  1002        0 26 1 0 20 4 30 10 -1

    """

  @Test(arguments: [
    (0xA1B2, 8067, 1000 as UInt32?), (0x1F83, 0xA1B2, 999), (31, 8067, 1001), (0xA1B3, 8067, nil),
    (0xA1B4, 8067, nil), (0xA1B2, 8068, nil), (1, 8067, nil),
  ])
  func theEndsHaveTheirUsers(port: Int, ownPort: Int, user: UInt32?) {
    let found = ConnectionOwner.user(ofPort: UInt16(port), to: UInt16(ownPort), in: table)
    #expect(found == user)
  }

  @Test func aTableOfNothingNamesNobody() {
    #expect(ConnectionOwner.user(ofPort: 1, to: 2, in: "") == nil)
    #expect(
      ConnectionOwner.user(ofPort: 1, to: 2, in: "sl\n 0: 0100007F:0001 0100007F:0002 01") == nil)
  }
}
