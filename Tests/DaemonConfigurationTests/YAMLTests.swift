// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Testing
import YAML

/// YAML texts as trees with marks, and texts that are refused.
@Suite struct YAMLTests {
  @Test func keysAndValuesHaveMarks() throws {
    let tree = try #require(try Node(yaml: "a: 1\nb:\n  - x\n  - {c: 'two words', d: }\n"))
    #expect(tree["a"] == Node(.scalar("1"), mark: Mark(line: 1, column: 4)))
    guard case .sequence(let list)? = tree["b"]?.value else {
      Issue.record("b is a list")
      return
    }
    #expect(list[0] == Node(.scalar("x"), mark: Mark(line: 3, column: 5)))
    #expect(list[1]["c"]?.text == "two words")
    #expect(list[1].entries[0].keyMark == Mark(line: 4, column: 6))
    #expect(list[1]["d"]?.isAbsent == true)
  }

  @Test(arguments: ["", "# nothing\n", "---\n"])
  func emptyTextsHaveNoValue(text: String) throws {
    #expect(try Node(yaml: text)?.isAbsent ?? true)
  }

  /// JSON is a subset of YAML, so that a configuration written by a program is read as well.
  @Test func jsonIsRead() throws {
    let text =
      #"{"network":{"interface":"net0","loopback":true},"senders":[],"log":{"level":"de\u0062ug"}}"#
    let tree = try #require(try Node(yaml: text))
    #expect(tree["network"]?["loopback"]?.text == "true")
    #expect(tree["log"]?["level"]?.text == "debug")
    #expect(tree["senders"]?.value == .sequence([]))
  }

  @Test(arguments: [
    ("a: [", 2), ("a: 1\na: 2", 2), ("a: 1\nb: {c: 1, d: 2, c: 3}", 2), ("a: 1\n---\nb: 2", 3),
    ("? [1]\n: 2", 1), ("a: \"\u{7}\"", 1), ("\ta: 1", 1), ("a: *b", 1), ("&a [*a]", 1),
    (String(repeating: "[", count: 64) + String(repeating: "]", count: 64), 1),
  ])
  func invalidTextsAreRefusedWithTheLine(text: String, line: Int) {
    let error = #expect(throws: YAMLError.self) { try Node(yaml: text) }
    #expect(error?.mark.line == line, "\(String(describing: error))")
  }

  /// Nested aliases in ten lines, which would expand to 10^9 nodes.
  @Test func nestedAliasesAreRefused() {
    let lines = (1...9).map { level in
      "l\(level): &l\(level) [\(Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", "))]"
    }
    let text = (["l0: &l0 x"] + lines).joined(separator: "\n")
    #expect(throws: YAMLError.self) { try Node(yaml: text) }
  }
}
