// SPDX-License-Identifier: MIT
import CapturedLog
import Glibc
import LinuxIO
import Logging
import Synchronization
import Testing

import struct SystemPackage.Errno

@testable import Daemon

/// The state that survives a restart, in a temporary directory.
@Suite struct StateStoreTests {
  private let directory: String
  private let lines = LogLines()
  private let log: Logger

  init() throws {
    var template = Array("/tmp/aes67-state-XXXXXX".utf8CString)
    directory = unsafe String(cString: mkdtemp(&template))
    let lines = lines
    log = Logger(label: "test") { _ in lines }
  }

  @Test func loadsTheStateThatWasSavedLast() throws {
    let store = StateStore(directory: directory, log: log)
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    store.save("things", version: 1, ["a": 1])
    store.save("things", version: 1, ["a": 2])
    let again = StateStore(directory: directory, log: log)
    #expect(again.load("things", version: 1, as: [String: Int].self) == ["a": 2])
    #expect(lines.lines.isEmpty)
  }

  @Test(arguments: ["", "{\"version\": 1, \"cont", "{\"version\": 2, \"content\": {}}", "[]"])
  func setsADamagedFileAside(text: String) throws {
    let store = StateStore(directory: directory, log: log)
    try Files.replace(directory + "/things.json", with: text)
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    #expect(!Files.exists(directory + "/things.json"))
    #expect(try Files.read(directory + "/things.json.damaged") == text)
    #expect(lines.lines.count == 1 && lines.lines[0].contains("things.json.damaged"))
    store.save("things", version: 1, ["a": 3])
    #expect(store.load("things", version: 1, as: [String: Int].self) == ["a": 3])
  }

  /// Assault F9: a state file that is too long, or not a regular file, is set aside like a damaged one.
  @Test(arguments: ["long", "fifo", "directory", "link"])
  func setsAnUnreadableFileAside(kind: String) throws {
    let store = StateStore(directory: directory, log: log)
    let path = directory + "/things.json"
    switch kind {
    case "long": try Files.replace(path, with: String(repeating: " ", count: 2 << 20))
    case "fifo": _ = unsafe mkfifo(path, 0o600)
    case "link": _ = unsafe symlink("/dev/zero", path)
    default: try Files.makeDirectory(path)
    }
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    #expect(!Files.exists(path) && lines.lines.count == 1)
    #expect(try Files.names(in: directory) == ["things.json.damaged"])
    #expect(store.save("things", version: 1, ["a": 3]))
    #expect(store.load("things", version: 1, as: [String: Int].self) == ["a": 3])
  }

  /// A file that could not be opened for want of a descriptor or memory is not damaged: it stays, and is not
  /// overwritten.
  @Test(arguments: [Errno.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory])
  func keepsAFileThatCouldNotBeOpened(code: Errno) throws {
    StateStore(directory: directory, log: log).save("things", version: 1, ["a": 1])
    let isShort = Mutex(true)
    let store = StateStore(directory: directory, log: log) { path throws(SystemError) in
      if isShort.withLock(\.self) { throw SystemError(call: .open, code: code, subject: path) }
      return try Files.read(path)
    }
    #expect(throws: SystemError.self) {
      try store.read("things", version: 1, as: [String: Int].self)
    }
    #expect(lines.lines.isEmpty)
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    #expect(lines.lines.count == 1 && lines.lines[0].contains("restart the daemon"))
    #expect(!store.save("things", version: 1, ["a": 2]))
    isShort.withLock { $0 = false }
    #expect(!store.save("things", version: 1, ["a": 2]))
    #expect(try Files.names(in: directory) == ["things.json"])
    #expect(store.load("things", version: 1, as: [String: Int].self) == ["a": 1])
    #expect(store.save("things", version: 1, ["a": 3]))
  }

  /// A file that was set aside is not overwritten by the next damaged one.
  @Test func setsAsideMoreThanOnce() throws {
    let store = StateStore(directory: directory, log: log)
    for text in ["one", "two", "three"] {
      try Files.replace(directory + "/things.json", with: text)
      _ = store.load("things", version: 1, as: [String: Int].self)
    }
    let kept = try Files.names(in: directory).sorted()
    #expect(kept == ["things.json.damaged", "things.json.damaged.2", "things.json.damaged.3"])
    #expect(try Files.read(directory + "/things.json.damaged") == "one")
  }

  /// Assault F9: a state that is too long to be read at the next start is not written.
  @Test func aTooLongStateIsNotWritten() throws {
    let store = StateStore(directory: directory, log: log)
    #expect(store.save("things", version: 1, ["a": "small"]))
    let long = ["a": String(repeating: "x", count: Files.maximumByteCount)]
    #expect(!store.canKeep(version: 1, long) && !store.save("things", version: 1, long))
    #expect(store.load("things", version: 1, as: [String: String].self) == ["a": "small"])
    let edge = ["a": String(repeating: "x", count: Files.maximumByteCount - 100)]
    #expect(store.canKeep(version: 1, edge) && store.save("things", version: 1, edge))
    #expect(store.load("things", version: 1, as: [String: String].self) == edge)
  }

  /// Assault F15: `save` returns whether the state was written. Only the owner may read the file.
  @Test func reportsWhetherTheStateWasSaved() throws {
    let store = StateStore(directory: directory, log: log)
    #expect(store.save("things", version: 1, ["a": 1]))
    var status = stat()
    _ = unsafe stat(directory + "/things.json", &status)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(!StateStore(directory: "/dev/null/x", log: log).save("things", version: 1, ["a": 1]))
    try Files.rename(directory, to: directory + "-gone")
    #expect(!store.save("things", version: 1, ["a": 2]))
    try Files.rename(directory + "-gone", to: directory)
    #expect(store.save("things", version: 1, ["a": 2]))
  }

  @Test func worksWithoutADirectory() {
    // No directory can exist below a file, not even for root.
    let store = StateStore(directory: "/dev/null/state", log: log)
    store.save("things", version: 1, ["a": 1])
    store.save("things", version: 1, ["a": 2])
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    #expect(lines.lines.count == 1 && lines.lines[0].contains("--state-directory"))
  }
}
