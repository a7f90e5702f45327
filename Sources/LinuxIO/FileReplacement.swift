// SPDX-License-Identifier: MIT
internal import Glibc

internal import struct SystemPackage.Errno

extension Files {
  /// The readers of a file besides its owner.
  public enum Readers: Equatable, Sendable {
    case everybody
    case nobody
    /// The group of that name or number; nobody if there is no such group, or if this process may not assign
    /// it.
    case group(String)
  }

  /// Replaces the content of `path` by `text` in one step: a reader sees the old content or the new one,
  /// whatever the process's mask.
  ///
  /// The temporary file beside it is always a new file: anything that somebody else has put under its name,
  /// such as a symbolic link to a file of ours, is removed and never written to.
  ///
  /// - Parameters:
  ///   - durably: true to return only when the new content survives a loss of power.
  ///   - readers: the readers besides the owner.
  public static func replace(
    _ path: String, with text: String, durably: Bool = false, readers: Readers = .everybody
  ) throws(SystemError) {
    let draft = path + ".new"
    do throws(SystemError) {
      try write(text, to: draft, durably: durably, readers)
      try rename(draft, to: path)
    } catch {
      remove(draft)
      throw error
    }
    guard durably, let slash = path.lastIndex(of: "/") else { return }
    // The name is in the directory, which is a file of its own.
    let directory = String(path[..<slash])
    let number = try kernel(.open, directory) { unsafe open(directory, O_RDONLY | O_CLOEXEC) }
    let file = FileDescriptor(owning: number)
    try kernel(.synchronize, directory) { fsync(file.number) }
  }

  private static func write(
    _ text: String, to draft: String, durably: Bool, _ readers: Readers
  ) throws(SystemError) {
    let bytes = Array(text.utf8)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    remove(draft)
    let number = try kernel(.open, draft) { unsafe open(draft, flags, 0o600) }
    let file = FileDescriptor(owning: number)
    try admit(readers, to: number, draft)
    let count = try kernel(.write, draft) {
      unsafe Glibc.write(file.number, bytes, bytes.count)
    }
    guard count == bytes.count else {
      throw SystemError(call: .write, code: .noSpace, subject: draft)
    }
    if durably { try kernel(.synchronize, draft) { fsync(file.number) } }
  }

  private static func admit(
    _ readers: Readers, to number: Int32, _ path: String
  ) throws(SystemError) {
    var mode: mode_t = 0o600
    switch readers {
    case .everybody: mode = 0o644
    case .nobody: break
    case .group(let name):
      if let identifier = try? Groups.identifier(of: name),
        fchown(number, uid_t.max, identifier) == 0
      {
        mode = 0o640
      }
    }
    try kernel(.changeFileMode, path) { fchmod(number, mode) }
  }
}

extension Files {
  /// Returns true if nothing is at `path`, in an existing directory that only we can write to: a file of ours
  /// that was removed can be made again.
  public static func canRestore(_ path: String) -> Bool { !exists(path) && isInOwnDirectory(path) }

  /// Returns true if the directory of `path` exists, and only root and this user can put files into it.
  static func isInOwnDirectory(_ path: String) -> Bool {
    guard let slash = path.lastIndex(of: "/") else { return false }
    do throws(ForeignDirectory) {
      try requireOwnDirectory(String(path[..<slash]))
      return true
    } catch {
      return false
    }
  }

  /// The reason why a directory is not safe for files that others trust to be ours.
  public struct ForeignDirectory: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// Checks that only root and this user can create or replace files in a directory.
  public static func requireOwnDirectory(_ path: String) throws(ForeignDirectory) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      throw ForeignDirectory(description: "\(path): \(Errno(rawValue: errno))")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw ForeignDirectory(description: "\(path) is not a directory")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw ForeignDirectory(
        description: "\(path) belongs to user \(status.st_uid), who could replace what is in it")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw ForeignDirectory(
        description: "\(path) is writable by others, who could replace what is in it")
    }
  }
}
