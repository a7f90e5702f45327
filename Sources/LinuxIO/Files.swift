// SPDX-License-Identifier: MIT
internal import Glibc
internal import Notation

internal import struct SystemPackage.Errno

/// Small files as a whole.
public enum Files {
  /// The content of a text file of at most 1 MiB, in the encodings in which people save it.
  public static func read(_ path: String) throws(SystemError) -> String {
    let number = try kernel(.open, path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    let file = FileDescriptor(owning: number)
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while content.count <= 1 << 20 {
      let count = try kernel(.read, path) {
        unsafe Glibc.read(file.number, &piece, piece.count)
      }
      if count == 0 { return String(decodingText: content) }
      content += piece.prefix(count)
    }
    throw SystemError(call: .read, code: .fileTooLarge, subject: path)
  }

  /// The first bytes of a file, no more than so many.
  public static func readStart(of path: String, bytes: Int) throws(SystemError) -> [UInt8] {
    let number = try kernel(.open, path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    let file = FileDescriptor(owning: number)
    var content = [UInt8](repeating: 0, count: bytes)
    let count = try kernel(.read, path) { unsafe Glibc.read(file.number, &content, bytes) }
    return Array(content.prefix(count))
  }

  /// Puts `text` at `path` in one step: a reader sees the old content or the new one, whatever the
  /// process's mask says.
  ///
  /// - Parameters:
  ///   - durably: returns only when that holds after a loss of power, too.
  ///   - mode: who may read it; everybody unless it says otherwise.
  public static func replace(
    _ path: String, with text: String, durably: Bool = false, mode: UInt32 = 0o644
  ) throws(SystemError) {
    let draft = path + ".new"
    let bytes = Array(text.utf8)
    do {
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      let number = try kernel(.open, draft) { unsafe open(draft, flags, mode) }
      let file = FileDescriptor(owning: number)
      try kernel(.changeFileMode, draft) { fchmod(file.number, mode) }
      let count = try kernel(.write, draft) {
        unsafe write(file.number, bytes, bytes.count)
      }
      guard count == bytes.count else {
        throw SystemError(call: .write, code: .noSpace, subject: draft)
      }
      if durably { try kernel(.synchronize, draft) { fsync(file.number) } }
    }
    try rename(draft, to: path)
    guard durably, let slash = path.lastIndex(of: "/") else { return }
    // The name is in the directory, which is a file of its own.
    let directory = String(path[..<slash])
    let number = try kernel(.open, directory) { unsafe open(directory, O_RDONLY | O_CLOEXEC) }
    let file = FileDescriptor(owning: number)
    try kernel(.synchronize, directory) { fsync(file.number) }
  }

  /// Makes a directory, that everybody may read unless `mode` says otherwise, if it is not there.
  public static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
    do throws(SystemError) {
      try kernel(.makeDirectory, path) { unsafe mkdir(path, mode) }
    } catch {
      if error.code != .fileExists { throw error }
    }
  }

  /// The names in a directory, in no particular order.
  public static func names(in path: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(path) else {
      throw SystemError(call: .openDirectory, code: Errno(rawValue: errno), subject: path)
    }
    defer { _ = unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      // Safety: the entry is ours until the next call; the name in it is terminated.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Sets the group of a file, unless that is nil, and its mode.
  ///
  /// - Throws: `ENOENT` of `getgrnam` where there is no such group, `EPERM` where it is not ours to give.
  public static func give(_ path: String, to group: String?, mode: UInt32) throws(SystemError) {
    if let group {
      let identifier = try Groups.identifier(of: group)
      try kernel(.changeOwner, path) { unsafe chown(path, uid_t.max, identifier) }
    }
    try kernel(.changeMode, path) { unsafe chmod(path, mode) }
  }

  /// Gives a file another name, in the place of what has that name already.
  public static func rename(_ path: String, to other: String) throws(SystemError) {
    try kernel(.rename, other) { unsafe Glibc.rename(path, other) }
  }

  public static func removeDirectory(_ path: String) {
    _ = unsafe rmdir(path)
  }

  public static func remove(_ path: String) {
    _ = unsafe unlink(path)
  }

  public static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }
}
