// SPDX-License-Identifier: MIT
import FoundationEssentials
import HTTPTypes
import Testing

@testable import Control

/// The files of the control panel, and the sessions of browsers.
@Suite struct PanelTests {
  @Test func everyFileIsServed() throws {
    let directory = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Control/Panel").path
    let files = try FileManager.default.contentsOfDirectory(atPath: directory)
    #expect(EmbeddedFile.panel.map(\.name) == files.sorted())
    for name in files {
      #expect(PanelFiles.isOne(name == "index.html" ? "/" : "/panel/\(name)"), "\(name)")
    }
    #expect(
      !PanelFiles.isOne("/v1/status") && !PanelFiles.isOne("/panel/")
        && !PanelFiles.isOne("/panel/../v1/status"))
  }

  /// The files comply with the content security policy: no file contains inline styles, functions that turn
  /// text into markup or code, or addresses of other sites.
  @Test func filesContainNoInlineStylesOrMarkupFunctions() {
    for file in EmbeddedFile.panel {
      let (name, text) = (file.name, file.text)
      #expect(text.contains("SPDX-License-Identifier: MIT"), "\(name)")
      for word in [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", " style=\"",
        "https://",
      ] {
        #expect(!text.contains(word), "\(name): \(word)")
      }
    }
  }

  @Test func aSessionBelongsToOneUser() {
    let sessions = BrowserSessions()
    let value = sessions.open(for: 1000)
    #expect(value.utf8.count == 32 && sessions.user(of: value) == 1000)
    #expect(sessions.user(of: "") == nil && sessions.user(of: value + "0") == nil)
    #expect(sessions.open(for: 1000) != value)
  }

  @Test func theOldestSessionIsDropped() {
    let sessions = BrowserSessions()
    let first = sessions.open(for: 1)
    let second = sessions.open(for: 2)
    for user in 3...UInt32(BrowserSessions.maximum) { _ = sessions.open(for: user) }
    #expect(sessions.user(of: first) == 1)
    _ = sessions.open(for: 99)
    #expect(sessions.user(of: first) == nil && sessions.user(of: second) == 2)
  }
}
