// SPDX-License-Identifier: MIT
internal import Glibc

/// Small files as a whole.
public enum Files {
  /// The content of a text file of at most 1 MiB.
  public static func read(_ path: String) throws(SystemError) -> String {
    let number = try kernel("open", path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    let file = FileDescriptor(owning: number)
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while content.count <= 1 << 20 {
      let count = try kernel("read", path) {
        unsafe Glibc.read(file.number, &piece, piece.count)
      }
      if count == 0 { return String(decoding: content, as: UTF8.self) }
      content += piece.prefix(count)
    }
    throw SystemError(call: "read", code: EFBIG, subject: path)
  }

  /// Puts `text` at `path` in one step: a reader sees the old content or the new one.
  public static func replace(_ path: String, with text: String) throws(SystemError) {
    let draft = path + ".new"
    let bytes = Array(text.utf8)
    do {
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      let number = try kernel("open", draft) { unsafe open(draft, flags, 0o644) }
      let file = FileDescriptor(owning: number)
      let count = try kernel("write", draft) {
        unsafe write(file.number, bytes, bytes.count)
      }
      guard count == bytes.count else {
        throw SystemError(call: "write", code: ENOSPC, subject: draft)
      }
    }
    try kernel("rename", path) { unsafe rename(draft, path) }
  }

  /// Makes a directory that everybody may read, unless it is there already.
  public static func makeDirectory(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try kernel("mkdir", path) { unsafe mkdir(path, 0o755) }
    } catch {
      if error.code != EEXIST { throw error }
    }
  }

  public static func remove(_ path: String) {
    _ = unsafe unlink(path)
  }

  public static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }
}
