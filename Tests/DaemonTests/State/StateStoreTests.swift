// SPDX-License-Identifier: MIT
import CapturedLog
import Glibc
import LinuxIO
import Logging
import Testing

@testable import Daemon

/// What a restart must not lose, in a directory of the test's own.
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

  @Test func keepsWhatWasSavedLast() throws {
    let store = StateStore(directory: directory, log: log)
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    store.save("things", version: 1, ["a": 1])
    store.save("things", version: 1, ["a": 2])
    let again = StateStore(directory: directory, log: log)
    #expect(again.load("things", version: 1, as: [String: Int].self) == ["a": 2])
    #expect(lines.lines.isEmpty)
  }

  @Test(arguments: ["", "{\"version\": 1, \"cont", "{\"version\": 2, \"content\": {}}", "[]"])
  func setsAsideWhatItCannotRead(text: String) throws {
    let store = StateStore(directory: directory, log: log)
    try Files.replace(directory + "/things.json", with: text)
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    #expect(!Files.exists(directory + "/things.json"))
    #expect(try Files.read(directory + "/things.json.damaged") == text)
    #expect(lines.lines.count == 1 && lines.lines[0].contains("things.json.damaged"))
    store.save("things", version: 1, ["a": 3])
    #expect(store.load("things", version: 1, as: [String: Int].self) == ["a": 3])
  }

  @Test func worksWithoutADirectory() {
    // Below a file there is no directory, not even for root.
    let store = StateStore(directory: "/dev/null/state", log: log)
    store.save("things", version: 1, ["a": 1])
    store.save("things", version: 1, ["a": 2])
    #expect(store.load("things", version: 1, as: [String: Int].self) == nil)
    #expect(lines.lines.count == 1 && lines.lines[0].contains("--state-directory"))
  }
}
