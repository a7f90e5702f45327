// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// Memory of a fixed size that other processes can map: an anonymous file, mapped here for writing.
///
/// Its size is sealed, so that no holder can make an access of ours fault by truncating it. Every page is
/// resident before it is used, and is charged to this process until ``empty()``.
@safe
public struct SharedMemory: ~Copyable, @unchecked Sendable {
  /// The first byte, which is valid as long as this value lives.
  @unsafe public let base: UnsafeMutableRawPointer
  public let byteCount: Int
  private let file: FileDescriptor

  /// Makes zeroed memory. `name` is its name in `/proc/PID/maps`.
  public init(name: String, byteCount: Int) throws(SystemError) {
    let number = try kernel(.memoryCreate, name) { unsafe clinux_create_memory(name) }
    let file = FileDescriptor(owning: number)
    // Only our user may open it again, so that a read-only descriptor stays read-only.
    try kernel(.changeFileMode, name) { fchmod(number, 0o600) }
    try kernel(.truncate, name) { ftruncate(number, byteCount) }
    try kernel(.addSeals, name) { clinux_seal_size(number) }
    let mapping = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, number, 0)
    guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
      throw SystemError(call: .map, code: Errno(rawValue: errno), subject: name)
    }
    // MAP_POPULATE does nothing once mlockall(MCL_ONFAULT) was called.
    do throws(SystemError) {
      try kernel(.populate, name) { unsafe clinux_populate_for_writing(mapping, byteCount) }
    } catch {
      _ = unsafe munmap(mapping, byteCount)
      throw error
    }
    unsafe base = mapping
    self.file = file
    self.byteCount = byteCount
  }

  /// Frees every page, so that a process that keeps a descriptor of this memory costs us nothing more: pages
  /// that it touches again are new, zeroed, and charged to it.
  public func empty() throws(SystemError) {
    try kernel(.punchHole) { clinux_empty_memory(file.number, byteCount) }
  }

  deinit {
    // Safety: made by mmap in init with this size, and no copy of this value exists.
    _ = unsafe munmap(base, byteCount)
  }

  /// The descriptor with which another process can write here, too.
  public var writableDescriptor: Int32 { file.number }

  /// A second descriptor of the same memory that cannot be mapped for writing.
  public func openReadOnly() throws(SystemError) -> FileDescriptor {
    let path = "/proc/self/fd/\(file.number)"
    return FileDescriptor(
      owning: try kernel(.open, path) { unsafe open(path, O_RDONLY | O_CLOEXEC) })
  }
}
