// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

import struct SystemPackage.Errno

@Suite struct FilesTests {
  private let path = "/tmp/aes67-test-files-\(getpid())"

  @Test func replacesAsAWhole() throws {
    defer { Files.remove(path) }
    try Files.replace(path, with: "old and longer")
    try Files.replace(path, with: "new")
    #expect(try Files.read(path) == "new")
    #expect(!Files.exists(path + ".new"))
  }

  @Test func saysWhichFile() {
    let missing = SystemError(
      call: .open, code: .noSuchFileOrDirectory, subject: "/nonexistent/file")
    #expect(missing.description == "open /nonexistent/file: No such file or directory")
    #expect(throws: missing) { try Files.read("/nonexistent/file") }
    #expect(
      throws: SystemError(
        call: .open, code: .noSuchFileOrDirectory, subject: "/nonexistent/file.new")
    ) {
      try Files.replace("/nonexistent/file", with: "")
    }
  }

  @Test func directoryMayBeThereAlready() throws {
    try Files.makeDirectory("/tmp")
    #expect(throws: SystemError.self) { try Files.makeDirectory("/nonexistent/directory") }
  }
}
