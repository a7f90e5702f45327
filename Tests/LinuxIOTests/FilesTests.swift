// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

import struct SystemPackage.Errno

@Suite struct FilesTests {
  private let path = "/tmp/aes67-test-files-\(getpid())-\(UInt32.random(in: 0 ... .max))"

  private struct Failed: Error { let code: Int32 }

  private func succeed(_ code: Int32) throws {
    if code != 0 { throw Failed(code: errno) }
  }

  private func mode(of path: String) -> mode_t? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  @Test func replacesTheWholeFile() throws {
    defer { Files.remove(path) }
    try Files.replace(path, with: "old and longer")
    try Files.replace(path, with: "new")
    #expect(try Files.read(path) == "new")
    #expect(!Files.exists(path + ".new"))
  }

  /// The times of access and modification tell whether a file was read. A missing file was not read.
  @Test(arguments: [
    (10, 0, 10, 0, false), (10, 1, 10, 0, true), (11, 0, 10, 9, true), (9, 9, 10, 0, false),
  ])
  func knowsWhetherItWasRead(
    readSecond: Int, readNanosecond: Int, second: Int, nanosecond: Int, expected: Bool
  ) throws {
    defer { Files.remove(path) }
    #expect(!Files.wasRead(path))
    try Files.replace(path, with: "status")
    let times = [
      timespec(tv_sec: readSecond, tv_nsec: readNanosecond),
      timespec(tv_sec: second, tv_nsec: nanosecond),
    ]
    try succeed(unsafe utimensat(AT_FDCWD, path, times, 0))
    #expect(Files.wasRead(path) == expected)
  }

  /// A temporary file that could not be renamed is removed, so that it does not fill the disk.
  @Test func aFailedReplacementLeavesNoFile() throws {
    defer { Files.removeDirectory(path) }
    try Files.makeDirectory(path)
    #expect(throws: SystemError(call: .rename, code: .isDirectory, subject: path)) {
      try Files.replace(path, with: "text")
    }
    #expect(!Files.exists(path + ".new"))
  }

  @Test func errorsNameTheFile() {
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

  /// Assault F8: the temporary file is always a new file, even if its name is taken.
  @Test(arguments: ["link", "hard link", "dangling link", "file"])
  func neverWritesThroughAnExistingFile(kind: String) throws {
    let victim = path + "-victim"
    let draft = path + ".new"
    defer { [victim, draft, path].forEach(Files.remove) }
    try Files.replace(victim, with: "precious", readers: .nobody)
    switch kind {
    case "link": try succeed(unsafe symlink(victim, draft))
    case "hard link": try succeed(unsafe link(victim, draft))
    case "dangling link": try succeed(unsafe symlink(victim + "-not-there", draft))
    default: try Files.replace(draft, with: "old draft")
    }
    try Files.replace(path, with: "status")
    #expect(try Files.read(path) == "status" && Files.read(victim) == "precious")
    #expect(!Files.exists(victim + "-not-there"))
    #expect(mode(of: victim) == 0o600)
  }

  @Test(
    arguments: [
      (Files.Readers.everybody, 0o644), (.nobody, 0o600), (.group("no such group"), 0o600),
      (.group("\(getegid())"), 0o640),
    ] as [(Files.Readers, mode_t)])
  func onlyTheNamedReadersMayRead(readers: Files.Readers, mode: mode_t) throws {
    let path = path + "-\(mode)"
    defer { Files.remove(path) }
    try Files.replace(path, with: "", readers: readers)
    #expect(self.mode(of: path) == mode)
  }

  /// Assault F8: a directory in which other users could replace files is refused.
  @Test func aForeignDirectoryIsRefused() throws {
    let directory = path + "-directory"
    defer {
      Files.remove(directory + "-link")
      Files.removeDirectory(directory)
    }
    #expect(throws: Files.ForeignDirectory.self) { try Files.requireOwnDirectory(directory) }
    try Files.makeDirectory(directory)
    try Files.requireOwnDirectory(directory)
    for mode: mode_t in [0o777, 0o775, 0o1777, 0o757] {
      try succeed(unsafe chmod(directory, mode))
      #expect(throws: Files.ForeignDirectory.self) { try Files.requireOwnDirectory(directory) }
    }
    try succeed(unsafe chmod(directory, 0o755))
    try succeed(unsafe symlink(directory, directory + "-link"))
    #expect(throws: Files.ForeignDirectory.self) {
      try Files.requireOwnDirectory(directory + "-link")
    }
    guard geteuid() == 0 else { return }
    try succeed(unsafe chown(directory, 2001, 2001))
    let refusal = #expect(throws: Files.ForeignDirectory.self) {
      try Files.requireOwnDirectory(directory)
    }
    #expect(refusal?.description.contains("belongs to user 2001") == true)
  }

  /// Assault F1, F7 and F9: only regular files are read, and no read blocks.
  @Test func onlyRegularFilesAreRead() throws {
    let fifo = path + "-fifo"
    defer { Files.remove(fifo) }
    try succeed(unsafe mkfifo(fifo, 0o600))
    for other in [fifo, "/dev/zero", "/dev/tty", "/dev/null"] {
      #expect(throws: SystemError.self, "\(other)") { try Files.read(other) }
    }
    #expect(throws: Never.self) { try Files.read("/dev/null", .any) }
    #expect(throws: Never.self) { try Files.read("/proc/self/stat") }
  }

  /// Assault F13: a limit of too few descriptors is refused with a message that names the setting.
  @Test func tooFewDescriptorsAreRefused() throws {
    try DescriptorLimit.require(64)
    let refusal = #expect(throws: DescriptorLimit.TooLow.self) {
      try DescriptorLimit.require(1 << 30)
    }
    #expect(refusal?.description.contains("LimitNOFILE") == true)
  }

  @Test func directoryMayBeThereAlready() throws {
    try Files.makeDirectory("/tmp")
    #expect(throws: SystemError.self) { try Files.makeDirectory("/nonexistent/directory") }
  }
}
