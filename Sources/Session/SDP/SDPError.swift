// SPDX-License-Identifier: MIT

/// A mistake in an SDP text: the line, and the reason.
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
    /// The line of an edited text would not be announced like this.
    case notAnnounced(found: String, expected: String?)
  }

  /// The number of the line, from 1; 0 for the text as a whole.
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

  /// A text from the network, shortened for a message.
  static func shortened(_ text: String) -> String {
    text.count > 60 ? "\(text.prefix(60))…" : text
  }

  public var description: String {
    line > 0 ? "line \(line): \(reason.sentence)" : reason.sentence
  }
}

extension SDPError.Reason {
  /// The mistake, and the expected text.
  public var sentence: String { sentence(quoting: true) }

  /// The sentence, without a quotation of the text if `quoting` is false: that text must not be shown to
  /// everybody.
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
