// SPDX-License-Identifier: MIT
internal import Glibc

/// The name of this machine.
public enum HostName {
  /// The kernel's host name, perhaps with a domain; empty if there is none.
  public static var current: String {
    var name = [CChar](repeating: 0, count: 256)
    // The last byte stays zero, whatever the kernel writes.
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
