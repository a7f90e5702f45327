// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

/// The programs that use a UDP port of this host, for a message that says which one to stop.
public enum PortHolders {
  /// Returns true if no program uses `port` on that interface, or if that is unknown.
  public static func isFree(_ port: UInt16, on interface: NetworkInterface) -> Bool {
    unsafe interface.name.withCString { unsafe clinux_ptp_port_is_free($0, port) } != 0
  }

  /// The programs that use `port` on any interface, except this one, as `ptp4l (process 812, user root)`.
  ///
  /// Of another user's program only the user may be visible; empty if nothing is known.
  public static func names(of port: UInt16) -> [String] {
    guard let table = try? Files.read("/proc/self/net/udp") else { return [] }
    let own = "\(getpid())"
    var names: [String] = []
    for socket in sockets(of: port, in: table) {
      let user = name(ofUser: socket.user)
      let process = holder(of: socket.inode)
      if process == own { continue }
      let name =
        process.map { "\(command(of: $0)) (process \($0), user \(user))" }
        ?? "a program of user \(user)"
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// One line of the kernel's table of UDP sockets (proc_pid_net(5)).
  struct Socket: Equatable {
    var user: UInt32
    var inode: UInt64
  }

  static func sockets(of port: UInt16, in table: String) -> [Socket] {
    table.split(separator: "\n").dropFirst().compactMap { line in
      let words = line.split(separator: " ")
      // sl, local address:port, remote, state, queues, timer, retransmits, uid, timeout, inode.
      guard words.count > 9, let colon = words[1].lastIndex(of: ":"),
        UInt16(words[1][words[1].index(after: colon)...], radix: 16) == port,
        let user = UInt32(words[7]), let inode = UInt64(words[9])
      else { return nil }
      return Socket(user: user, inode: inode)
    }
  }

  private static func holder(of inode: UInt64) -> String? {
    let link = "socket:[\(inode)]"
    for process in (try? Files.names(in: "/proc")) ?? [] where UInt32(process) != nil {
      let directory = "/proc/\(process)/fd"
      for number in (try? Files.names(in: directory)) ?? [] {
        var target = [CChar](repeating: 0, count: 64)
        let length = unsafe readlink("\(directory)/\(number)", &target, target.count)
        guard length > 0 else { continue }
        if String(decoding: target.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
          == link
        {
          return process
        }
      }
    }
    return nil
  }

  private static func command(of process: String) -> String {
    let name = (try? Files.read("/proc/\(process)/comm")) ?? "?"
    return String(name.prefix { $0 != "\n" })
  }

  private static func name(ofUser number: UInt32) -> String {
    var entry = unsafe passwd()
    var result: UnsafeMutablePointer<passwd>? = nil
    var buffer = [CChar](repeating: 0, count: 64 * 1024)
    let code = unsafe getpwuid_r(number, &entry, &buffer, buffer.count, &result)
    guard code == 0, unsafe result != nil, let name = unsafe entry.pw_name else {
      return "\(number)"
    }
    // Safety: terminated, and in the buffer above.
    return unsafe String(cString: name)
  }
}
