// SPDX-License-Identifier: MIT

/// What is wrong with a text of SDP: the line, and the reason.
public struct SDPError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case tooLong(bytes: Int, maximum: Int)
    case tooManyLines(maximum: Int)
    case tooManyMedia(maximum: Int)
    /// The first line is not `v=0`.
    case notSDP(found: String)
    case notALine(found: String)
    case malformed(String, found: String, expected: String)
    case missing(String)
    case noAudio
    /// In a text that was edited: this host would not announce the line like this.
    case notAnnounced(found: String, expected: String?)
  }

  /// Counts from 1; 0 when the text as a whole is meant.
  public let line: Int
  public let reason: Reason

  public init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }

  static func malformed(
    _ what: String, _ found: String, expected: String, line: Int
  ) -> SDPError {
    SDPError(
      line: line,
      reason: .malformed(what, found: shortened(Text.trimmed(found)), expected: expected))
  }

  /// A text from the network, as far as a message quotes it.
  static func shortened(_ text: String) -> String {
    text.count > 60 ? "\(text.prefix(60))…" : text
  }

  public var description: String {
    line > 0 ? "line \(line): \(reason.sentence)" : reason.sentence
  }
}

extension SDPError.Reason {
  /// What is wrong, and what should be there.
  public var sentence: String { sentence(quoting: true) }

  /// The same for a text of `quoting` false, which nobody gave to us who may read all of it: without a word of its own.
  public func sentence(quoting: Bool) -> String {
    func quoted(_ found: String) -> String { quoting ? "\"\(found)\"" : "it" }
    return switch self {
    case .tooLong(let bytes, let maximum):
      "\(bytes) bytes are too many for a session description; \(maximum) are allowed"
    case .tooManyLines(let maximum): "more than \(maximum) lines"
    case .tooManyMedia(let maximum): "more than \(maximum) media sections"
    case .notSDP(let found):
      "not a session description: its first line must be v=0"
        + (found.isEmpty || !quoting ? "" : ", and is \"\(found)\"")
    case .notALine(let found): "\(quoted(found)) is not of the form LETTER=VALUE"
    case .malformed(let what, let found, let expected):
      "\(what)\(quoting ? " \"\(found)\"" : "") is not of the form \(expected)"
    case .missing(let what): "\(what) is missing"
    case .notAnnounced(let found, let expected):
      "\(quoted(found)) cannot be announced: "
        + (expected.map { "with the rest of this text it must be \"\($0)\"" }
          ?? "no setting of a sender corresponds to it")
    case .noAudio: "the session has no audio: it needs a line m=audio PORT RTP/AVP TYPE"
    }
  }
}
