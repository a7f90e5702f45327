// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// Keeps the process in memory, so that a media thread never waits for a disk.
public enum MemoryLock {
  /// The objects that the media threads run and read: the program itself, and the C libraries that it calls on
  /// their paths. It calls nothing of the Swift runtime there, as the gate `symbols` proves. The entries are
  /// beginnings of file names; the empty one is the program.
  private static let objects = ["", "libc.so", "libm.so"]

  /// Only the code of libsamplerate: nearly all of its constants belong to converters that are not used here,
  /// and making a converter reads its own constants.
  private static let codeOfObjects = ["libsamplerate.so"]

  /// Locks all touched pages, and further ones as soon as they are touched, and makes the code of the media
  /// threads resident.
  ///
  /// Nothing else is made resident: every thread of the runtime maps a stack of 8 MiB, and most of a program's
  /// libraries never run. The creator of a media thread touches its memory. With a memory limit, a lock would
  /// let a later allocation fail and end the process, so it is refused then.
  public static func lockAll() throws(SystemError) {
    guard isUnlimited else {
      throw SystemError(call: .lockMemory, code: .notPermitted, subject: "under a limit")
    }
    let flags = Int32(MCL_CURRENT) | Int32(MCL_FUTURE) | Int32(MCL_ONFAULT)
    try kernel(.lockMemory, "on fault") { mlockall(flags) }
    populateCode()
  }

  /// Limits the number of heaps to two; to be called early, because existing heaps of threads remain.
  ///
  /// Otherwise each allocating thread makes a heap of 64 MiB of address space, which counts as locked, and
  /// keeps freed memory. Media threads do not allocate, and the others are too few to wait for each other.
  public static func limitHeaps() { clinux_limit_heaps(2) }

  /// Makes the code and the static data of the media threads resident, locked or not.
  ///
  /// - Returns: the number of bytes.
  @discardableResult
  public static func populateCode() -> Int {
    objects.reduce(0) { unsafe $0 + clinux_populate_object($1, false) }
      + codeOfObjects.reduce(0) { unsafe $0 + clinux_populate_object($1, true) }
  }

  /// Unlocks the code that only the start and the control side run, and removes it from memory; to be called
  /// after the start. If it runs again, it is read from the files.
  ///
  /// - Returns: the number of bytes of address space.
  @discardableResult
  public static func releaseOtherCode() -> Int {
    // The runtime's core stays, because all threads run it; the other two are the kernel's and the linker's.
    let others = ["libswiftCore.so", "linux-vdso", "ld-linux"]
    let kept = objects.filter { !$0.isEmpty } + codeOfObjects + others
    return unsafe clinux_release_code(kept.map { $0 + " " }.joined())
  }

  private static var isUnlimited: Bool {
    clinux_memory_lock_is_unlimited() == 1 || Capability.lockMemory.isEffective
  }
}

/// A capability of the kernel, by its number in `capabilities(7)`.
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
