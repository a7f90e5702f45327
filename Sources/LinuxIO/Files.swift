// SPDX-License-Identifier: MIT
internal import Glibc
internal import Notation

internal import struct SystemPackage.Errno

/// Small files that are read and written as a whole.
public enum Files {
  /// The maximum size of a file to be read, in bytes: 1 MiB.
  public static let maximumByteCount = 1 << 20

  /// The kinds of files that may be read by name.
  public enum Kind: Sendable {
    /// Only a regular file. Opening a FIFO would wait for its other end, and opening a device may have an
    /// effect.
    case regular
    /// Any file that a waiting user names, such as `/dev/stdin`.
    case any
  }

  /// The content of a text file of at most `maximumByteCount` bytes, in any of the usual encodings.
  ///
  /// - Throws: `EFBIG` for a longer file, and `EOPNOTSUPP` for one of another kind.
  public static func read(_ path: String, _ kind: Kind = .regular) throws(SystemError) -> String {
    let file = try openToRead(path, kind)
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while content.count <= maximumByteCount {
      let count = try kernel(.read, path) {
        unsafe Glibc.read(file.number, &piece, piece.count)
      }
      if count == 0 { return String(decodingText: content) }
      content += piece.prefix(count)
    }
    throw SystemError(call: .read, code: .fileTooLarge, subject: path)
  }

  /// The first bytes of a file of any kind, at most `bytes`.
  public static func readStart(of path: String, bytes: Int) throws(SystemError) -> [UInt8] {
    let file = try openToRead(path, .any)
    var content = [UInt8](repeating: 0, count: bytes)
    let count = try kernel(.read, path) { unsafe Glibc.read(file.number, &content, bytes) }
    return Array(content.prefix(count))
  }

  private static func openToRead(
    _ path: String, _ kind: Kind
  ) throws(SystemError) -> FileDescriptor {
    let waits = kind == .any ? 0 : O_NONBLOCK | O_NOCTTY
    let number = try kernel(.open, path) { unsafe open(path, O_RDONLY | O_CLOEXEC | waits) }
    let file = FileDescriptor(owning: number)
    if kind == .regular {
      let mode = try status(of: number, path).st_mode & S_IFMT
      // Reading a directory returns a proper error.
      guard mode == S_IFREG || mode == S_IFDIR else {
        throw SystemError(
          call: .read, code: .notSupported, subject: "\(path) (not a regular file)")
      }
    }
    return file
  }

  private static func status(of number: Int32, _ path: String) throws(SystemError) -> stat {
    var status = stat()
    try kernel(.status, path) { unsafe fstat(number, &status) }
    return status
  }

  /// Makes a directory, readable for everybody unless `mode` differs, if it does not exist.
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

  /// Sets the group of a file, unless it is nil, and its mode.
  ///
  /// - Throws: `ENOENT` of `getgrnam` if there is no such group, `EPERM` if this process may not assign it.
  public static func give(_ path: String, to group: String?, mode: UInt32) throws(SystemError) {
    if let group {
      let identifier = try Groups.identifier(of: group)
      try kernel(.changeOwner, path) { unsafe chown(path, uid_t.max, identifier) }
    }
    try kernel(.changeMode, path) { unsafe chmod(path, mode) }
  }

  /// Renames a file, and replaces one that has that name.
  public static func rename(_ path: String, to other: String) throws(SystemError) {
    try kernel(.rename, other) { unsafe Glibc.rename(path, other) }
  }

  public static func removeDirectory(_ path: String) {
    _ = unsafe rmdir(path)
  }

  public static func remove(_ path: String) {
    _ = unsafe unlink(path)
  }

  /// Deletes a file; a failure is an error, also if the file does not exist.
  public static func delete(_ path: String) throws(SystemError) {
    try kernel(.unlink, path) { unsafe unlink(path) }
  }

  public static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  /// Returns true if a program has read the file since it was written. Returns false if there is no file, or if
  /// its file system does not keep access times (`noatime`).
  public static func wasRead(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    let (read, written) = (status.st_atim, status.st_mtim)
    return (read.tv_sec, read.tv_nsec) > (written.tv_sec, written.tv_nsec)
  }
}
