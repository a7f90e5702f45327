// SPDX-License-Identifier: MIT

/// The owner of a TCP connection within this host.
public enum ConnectionOwner {
  /// The user at the other end of a connection from one port of 127.0.0.1 to another; nil if that is unknown.
  ///
  /// - Parameters:
  ///   - port: the port of that user's end.
  ///   - ownPort: the port of our end.
  public static func user(ofPort port: UInt16, to ownPort: UInt16) -> UInt32? {
    guard let table = try? Files.read("/proc/self/net/tcp") else { return nil }
    return user(ofPort: port, to: ownPort, in: table)
  }

  /// The same from the kernel's table of TCP sockets (proc_pid_net(5)), which has a line for each end.
  static func user(ofPort port: UInt16, to ownPort: UInt16, in table: String) -> UInt32? {
    let (local, remote) = (loopback(port), loopback(ownPort))
    for line in table.split(separator: "\n").dropFirst() {
      // sl, local address:port, remote, state, queues, timer, retransmits, uid, timeout, inode.
      let words = line.split(separator: " ", maxSplits: 8)
      // An end that its program has closed stays in the table for up to a minute, with root as its user: of those that
      // are established alone the table says whose they are.
      if words.count > 8, words[1] == local, words[2] == remote, words[3] == established {
        return UInt32(words[7])
      }
    }
    return nil
  }

  /// TCP_ESTABLISHED.
  private static let established: Substring = "01"

  private static func loopback(_ port: UInt16) -> String {
    let digits = String(port, radix: 16, uppercase: true)
    return "0100007F:" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
