// SPDX-License-Identifier: MIT

/// The result of one check of the doctor.
struct Finding: Codable, Equatable {
  enum Verdict: String, Codable {
    case ok
    /// It works, but not as well as it could.
    case warning
    case fail
    /// The host or its driver does not report it.
    case unknown

    /// The verdict in words.
    var text: String { self == .fail ? "FAIL" : rawValue }

    /// The order of verdicts, the worst first.
    var rank: Int {
      switch self {
      case .fail: 0
      case .warning: 1
      case .unknown: 2
      case .ok: 3
      }
    }
  }

  var check: String
  var verdict: Verdict
  /// The observation.
  var seen: String
  /// The exact way to fix it; empty if there is nothing to fix.
  var fix: String

  /// The findings with the worst first, otherwise in the given order.
  static func sorted(_ findings: [Finding]) -> [Finding] {
    findings.enumerated().sorted {
      ($0.element.verdict.rank, $0.offset) < ($1.element.verdict.rank, $1.offset)
    }.map(\.element)
  }

  static func ok(_ check: String, _ seen: String) -> Finding {
    Finding(check: check, verdict: .ok, seen: seen, fix: "")
  }

  static func warning(_ check: String, _ seen: String, fix: String) -> Finding {
    Finding(check: check, verdict: .warning, seen: seen, fix: fix)
  }

  static func fail(_ check: String, _ seen: String, fix: String) -> Finding {
    Finding(check: check, verdict: .fail, seen: seen, fix: fix)
  }

  static func unknown(_ check: String, _ seen: String) -> Finding {
    Finding(check: check, verdict: .unknown, seen: seen, fix: "")
  }
}
