// SPDX-License-Identifier: MIT
import ArgumentParser
import LinuxIO
import Testing

@testable import aes67

/// Completion candidates for each shell. Stream names come from the network, and each must stay one word.
@Suite struct CompletionTests {
  @Test(arguments: [
    ("Stage left", "'Stage left'", "Stage left:2 channels", "Stage left\t2 channels"),
    ("It's", "'It'\\''s'", "It's:2 channels", "It's\t2 channels"),
    ("A: b", "'A: b'", "A\\: b:2 channels", "A: b\t2 channels"),
  ])
  func namesAreQuotedForEachShell(_ word: String, bash: String, zsh: String, fish: String) {
    let candidate = Candidate(word: word, note: "2 channels")
    #expect(candidate.line(for: .bash) == bash)
    #expect(candidate.line(for: .zsh) == zsh)
    #expect(candidate.line(for: .fish) == fish)
    #expect(candidate.line(for: nil) == word)
  }

  @Test func withoutANoteThereIsNoSeparator() {
    #expect(Candidate(word: "auto").line(for: .zsh) == "auto")
    #expect(Candidate(word: "auto").line(for: .fish) == "auto")
  }

  @Test(arguments: [
    "$(reboot)", "`reboot`", "a`\u{301};reboot;`\u{301}", "$\u{301}", "back\\\u{200D}slash", "a\nb",
    "a\u{1B}[2J", "", "back\\slash", "now!", "\u{202E}left",
  ])
  func namesThatAShellExpandsAreNotOffered(_ word: String) {
    #expect(Candidate(word: word).line(for: .bash) == nil)
    #expect(Candidate(word: word).line(for: .zsh) == nil)
  }

  /// A combining mark after a quote does not hide it from the shell: bash itself reads the name as one word.
  @Test(arguments: ["It's", "It'\u{301}s ; echo '\u{301}", "'\u{200D}", "\u{FE0F}'\u{20E3} |& \"x"])
  func bashReadsANameAsOneWord(_ word: String) throws {
    let line = try #require(Candidate(word: word).line(for: .bash))
    let octal = line.utf8.map { byte in
      let digits = String(byte, radix: 8)
      return "\\0" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }.joined()
    let script = "compgen -W \"$(printf %b \"\(octal)\")\""
    let words = Programs.output(of: ["bash", "-c", script])
    #expect(words.map { Array($0.utf8) } == Array("\(word)\n".utf8))
  }

  @Test func aColonWithAMarkIsNoSeparatorForZsh() {
    #expect(Candidate(word: "A:\u{301} b").line(for: .zsh) == "A\\:\u{301} b")
  }

  @Test func optionValuesAreFoundInTheCommandLine() {
    let request = CompletionRequest(
      ["aes67", "subscribe", "--instance", "\"eth1\"", "Sta"], at: 4)
    #expect(request.value(of: "--instance") == "eth1")
    #expect(request.value(of: "--socket") == nil)
    #expect(
      CompletionRequest(["aes67", "list", "--socket=/tmp/my\\ socket"], at: 1)
        .value(of: "--socket") == "/tmp/my socket")
    #expect(
      CompletionRequest(["aes67", "configure", "ptp.mode", ""], at: 3).previous == "ptp.mode")
  }
}
