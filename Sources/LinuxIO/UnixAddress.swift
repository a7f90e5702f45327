// SPDX-License-Identifier: MIT
internal import Glibc

/// The address of a Unix socket: a path, or a name that starts with `@` and is not a file.
struct UnixAddress {
  private let storage: sockaddr_un
  private let length: socklen_t

  /// Makes an address of a path; nil if it is longer than the 107 bytes that the kernel accepts.
  init?(_ path: String) {
    var bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < 108, !bytes.contains(0) else { return nil }
    let isAbstract = bytes[0] == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    storage = address
    let head = MemoryLayout<sa_family_t>.size
    length = socklen_t(head + bytes.count + (isAbstract ? 0 : 1))
  }

  /// An address that the kernel filled in.
  init(_ storage: sockaddr_un, length: socklen_t) {
    self.storage = storage
    self.length = min(length, socklen_t(MemoryLayout<sockaddr_un>.size))
  }

  /// The path, as for `init(_:)`; empty for a socket without a name.
  var path: String {
    let head = MemoryLayout<sa_family_t>.size
    var bytes = unsafe withUnsafeBytes(of: storage.sun_path) { path in
      unsafe Array(path.prefix(max(0, Int(length) - head)))
    }
    if bytes.first == 0, bytes.count > 1 { bytes[0] = UInt8(ascii: "@") }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    unsafe withUnsafePointer(to: storage) { address in
      // Safety: every socket address starts as sockaddr does, and the length says how far it goes.
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe body(pointer, length)
      }
    }
  }
}
