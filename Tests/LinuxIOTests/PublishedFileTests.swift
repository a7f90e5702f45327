// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

/// A published file in a temporary directory.
@Suite struct PublishedFileTests {
  private let directory: String
  private let path: String
  private let file: PublishedFile

  init() throws {
    var template = Array("/tmp/aes67-published-XXXXXX".utf8CString)
    directory = unsafe String(cString: mkdtemp(&template))
    path = directory + "/status.json"
    file = PublishedFile(path: path, readers: .everybody)
  }

  private func removeAll() {
    Files.remove(path)
    Files.removeDirectory(path + ".new")
    Files.removeDirectory(directory)
  }

  @Test func containsTheTextWrittenLast() throws {
    defer { removeAll() }
    try file.restore()
    #expect(!Files.exists(path))
    try file.write("one")
    try file.write("two")
    #expect(try Files.read(path) == "two")
    Files.remove(path)
    try file.restore()
    #expect(try Files.read(path) == "two")
    try file.write(nil)
    try file.restore()
    #expect(!Files.exists(path))
  }

  /// A text may stay the same for days, so that a failed write is made up for by the next `restore`.
  @Test func isUpdatedAfterAFailedWrite() throws {
    defer { removeAll() }
    try file.write("old")
    // No temporary file can be created beside the file.
    try Files.makeDirectory(path + ".new")
    #expect(throws: SystemError.self) { try file.write("new") }
    #expect(throws: SystemError.self) { try file.restore() }
    #expect(try Files.read(path) == "old")
    Files.removeDirectory(path + ".new")
    try file.restore()
    #expect(try Files.read(path) == "new")
  }

  /// Assault F15: the file is not restored in a directory in which others could replace it.
  @Test func isNotRestoredInAWritableDirectory() throws {
    defer { removeAll() }
    try file.write("text")
    Files.remove(path)
    _ = unsafe chmod(directory, 0o777)
    try file.restore()
    #expect(!Files.exists(path))
    _ = unsafe chmod(directory, 0o700)
    try file.restore()
    #expect(try Files.read(path) == "text")
  }
}
