// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// Keeps the process in memory, so that a media thread never waits for a disk.
public enum MemoryLock {
  /// Locks what is mapped now, and what will be mapped as soon as it is touched.
  ///
  /// Under a limit this would let a later allocation fail and end the process, so it is refused
  /// then. Later mappings are not filled at once, because every thread of the runtime maps a stack
  /// of 8 MiB: what a media thread needs is touched before it starts.
  public static func lockAll() throws(SystemError) {
    guard isUnlimited else {
      throw SystemError(call: .lockMemory, code: .notPermitted, subject: "under a limit")
    }
    try kernel(.lockMemory, "current") { mlockall(Int32(MCL_CURRENT)) }
    try kernel(.lockMemory, "future") { mlockall(Int32(MCL_FUTURE) | Int32(MCL_ONFAULT)) }
  }

  private static var isUnlimited: Bool {
    clinux_memory_lock_is_unlimited() == 1 || Capability.lockMemory.isEffective
  }
}

/// A right that the kernel grants apart from being root, by its number in `capabilities(7)`.
enum Capability: UInt64 {
  case lockMemory = 14

  /// True if this thread has it now.
  var isEffective: Bool {
    guard let file = unsafe fopen("/proc/thread-self/status", "re") else { return false }
    defer { _ = unsafe fclose(file) }
    let key = "CapEff:\t"
    var line = [CChar](repeating: 0, count: 256)
    while let start = unsafe fgets(&line, 256, file) {
      let text = unsafe String(cString: start)
      guard text.hasPrefix(key) else { continue }
      let digits = text.dropFirst(key.count).prefix { $0.isHexDigit }
      return (UInt64(digits, radix: 16) ?? 0) >> rawValue & 1 == 1
    }
    return false
  }
}
