// SPDX-License-Identifier: MIT
import Testing

@testable import LinuxIO

@Suite struct PortHoldersTests {
  /// /proc/net/udp as Linux 6.1 prints it: ptp4l on port 319 of every address, another program on
  /// 127.0.0.1:320.
  private let table = """
       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
     1234: 00000000:013F 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 28391 2 0000000000000000 0
     1235: 0100007F:0140 00000000:0000 07 00000000:00000000 00:00000000 00000000   106        0 28392 2 0000000000000000 0
    """

  @Test func findsTheSocketsOfAPort() {
    #expect(PortHolders.sockets(of: 319, in: table) == [.init(user: 0, inode: 28391)])
    #expect(PortHolders.sockets(of: 320, in: table) == [.init(user: 106, inode: 28392)])
    #expect(PortHolders.sockets(of: 321, in: table).isEmpty)
  }

  @Test(
    "A malformed table has no sockets",
    arguments: ["", "x", "a\n1 2 3", "a\n1: :013F x x x x x y x z"])
  func oddTables(_ text: String) {
    #expect(PortHolders.sockets(of: 319, in: text).isEmpty)
  }
}
