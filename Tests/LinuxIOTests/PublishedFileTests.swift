// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

/// A file of ours, in a directory of the test's own.
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

  @Test func saysWhatItWasToldLast() throws {
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

  /// What it says may stay for days: it is not left as it was because there was no room for a moment.
  @Test func isBroughtUpToDateWhereItCouldNotBeWritten() throws {
    defer { removeAll() }
    try file.write("old")
    // No draft can be made beside it.
    try Files.makeDirectory(path + ".new")
    #expect(throws: SystemError.self) { try file.write("new") }
    #expect(throws: SystemError.self) { try file.restore() }
    #expect(try Files.read(path) == "old")
    Files.removeDirectory(path + ".new")
    try file.restore()
    #expect(try Files.read(path) == "new")
  }

  /// Assault F15: never in a directory where others could put something in its place.
  @Test func isNotMadeAgainInAStrangersDirectory() throws {
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
