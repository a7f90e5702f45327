// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 undo`: restores the state before the last change.
struct Undo: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Undoes the last change of senders, receivers, settings or the profile.",
    discussion: """
      The last 20 changes made with the command aes67, the control panel or the control API can be undone one \
      after the other, even after a restart. Changes of the configuration file cannot be undone.

      Examples:
        aes67 undo
        aes67 undo --list
      """)

  @OptionGroup var connection: Connection
  @Flag(help: "List what can be undone, the latest first, and change nothing.") var list = false
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    if list {
      let changes = try client.get("/v1/undo", as: [UndoableChange].self)
      if json { return try printJSON(changes) }
      if changes.isEmpty { print("there is nothing to undo") }
      for change in changes { print(Text.plain(change.text)) }
      return
    }
    let report = try client.send("POST", "/v1/undo", [String](), as: UndoReport.self)
    if json { return try printJSON(report) }
    print(Text.plain("undone: \(report.undone.text)"))
    for line in report.applied { print(Text.plain(line)) }
    if !report.needsRestart.isEmpty {
      let keys = report.needsRestart.joined(separator: ", ")
      print("takes effect after a restart (sudo systemctl restart aes67d): \(keys)")
    }
  }
}
