// SPDX-License-Identifier: MIT

/// What one check of the doctor found.
struct Finding: Codable, Equatable {
  enum Verdict: String, Codable {
    case good
    /// It works, but not as well as it could.
    case doubtful
    case bad
    /// It cannot be seen from here.
    case unknown
  }

  var check: String
  var verdict: Verdict
  /// What was seen.
  var seen: String
  /// The exact way to mend it; empty where there is nothing to mend.
  var fix: String

  static func good(_ check: String, _ seen: String) -> Finding {
    Finding(check: check, verdict: .good, seen: seen, fix: "")
  }

  static func doubtful(_ check: String, _ seen: String, fix: String) -> Finding {
    Finding(check: check, verdict: .doubtful, seen: seen, fix: fix)
  }

  static func bad(_ check: String, _ seen: String, fix: String) -> Finding {
    Finding(check: check, verdict: .bad, seen: seen, fix: fix)
  }

  static func unknown(_ check: String, _ seen: String) -> Finding {
    Finding(check: check, verdict: .unknown, seen: seen, fix: "")
  }
}
