// SPDX-License-Identifier: MIT

/// Why a text is no session description, or describes no stream: the line, and what is wrong there.
public struct SDPError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case tooLong(bytes: Int, maximum: Int)
    case tooManyLines(maximum: Int)
    case tooManyMedia(maximum: Int)
    /// The first line is not `v=0`.
    case notSDP
    case notALine(found: String)
    case malformed(String, found: String, expected: String)
    case missing(String)
    case noAudio
  }

  /// Counts from 1; 0 when the text as a whole is meant.
  public let line: Int
  public let reason: Reason

  public init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }

  public var description: String {
    line > 0 ? "line \(line): \(reason.sentence)" : reason.sentence
  }
}

extension SDPError.Reason {
  /// What is wrong, and what should be there.
  public var sentence: String {
    switch self {
    case .tooLong(let bytes, let maximum):
      "\(bytes) bytes are too many for a session description; \(maximum) are allowed"
    case .tooManyLines(let maximum): "more than \(maximum) lines"
    case .tooManyMedia(let maximum): "more than \(maximum) media sections"
    case .notSDP: "this is no session description: its first line must be v=0"
    case .notALine(let found): "\"\(found)\" is not of the form LETTER=VALUE"
    case .malformed(let what, let found, let expected):
      "\(what) \"\(found)\" is not of the form \(expected)"
    case .missing(let what): "\(what) is missing"
    case .noAudio: "there is no audio in this session: it needs a line m=audio PORT RTP/AVP TYPE"
    }
  }
}
