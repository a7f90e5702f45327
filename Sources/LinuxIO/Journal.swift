// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

/// The journal of systemd, in its native protocol: one datagram of named fields per message.
///
/// The protocol is documented and stable (systemd.io/JOURNAL_NATIVE_PROTOCOL), and takes less code than a
/// binding of the library.
public struct Journal: Sendable {
  /// The maximum length of a field; a longer one is cut, because a datagram must fit into the socket's buffer.
  static let maximumValue = 16_384
  private let path: String

  public init() { path = "/run/systemd/journal/socket" }

  init(path: String) { self.path = path }

  /// Sends a message. Returns false if the journal did not take it, so that the caller writes the line
  /// elsewhere.
  ///
  /// - Parameter fields: names of capital letters, digits and underscores, with any values; fields with other
  ///   names are left out, as the journal would do.
  public func send(_ fields: [(name: String, value: String)]) -> Bool {
    guard let address = UnixAddress(path) else { return false }
    let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { return false }
    let descriptor = FileDescriptor(owning: number)
    let bytes = Self.encode(fields)
    return unsafe address.withPointer { pointer, length in
      // A busy journal is not waited for: lines that it does not take go to standard error.
      let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
      return unsafe sendto(descriptor.number, bytes, bytes.count, flags, pointer, length) >= 0
    }
  }

  /// `NAME=value` and a line feed. If the value has line feeds itself, its length precedes it.
  static func encode(_ fields: [(name: String, value: String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in fields where isName(name) {
      let value = Array(value.utf8.prefix(maximumValue))
      bytes += Array(name.utf8)
      if value.contains(UInt8(ascii: "\n")) {
        bytes.append(UInt8(ascii: "\n"))
        var count = UInt64(value.count)
        for _ in 0..<8 {
          bytes.append(UInt8(truncatingIfNeeded: count))
          count >>= 8
        }
      } else {
        bytes.append(UInt8(ascii: "="))
      }
      bytes += value
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Returns true if the journal accepts this name from a program: it drops names that begin otherwise, and
  /// reserves `_` for itself.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    return isCapital(first)
      && text.utf8.allSatisfy {
        isCapital($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "_")
      }
  }
}
