// SPDX-License-Identifier: MIT

/// An SDP text that is to be checked, or applied to a stream.
public struct SDPCheckRequest: Codable, Equatable, Sendable {
  public var sdp: String

  public init(sdp: String) { self.sdp = sdp }
}

/// The streams that an SDP text describes, and its mistakes: the answer of `/v1/sdp/check`. The check changes
/// nothing.
public struct SDPCheckReport: Codable, Equatable, Sendable {
  /// A line that could not be read, or cannot be used.
  public struct Problem: Codable, Equatable, Sendable {
    /// The number of the line, from 1; 0 for the text as a whole.
    public var line: Int
    public var sentence: String

    public init(line: Int, sentence: String) {
      self.line = line
      self.sentence = sentence
    }
  }

  /// True if this host can receive one of its streams.
  public var receivable: Bool
  /// The reason if it cannot, or a warning; empty if there is none.
  public var sentence: String
  public var streams: [SessionStreamStatus]
  /// The mistakes in the order of the lines.
  public var problems: [Problem]

  public init(
    receivable: Bool, sentence: String, streams: [SessionStreamStatus] = [],
    problems: [Problem] = []
  ) {
    self.receivable = receivable
    self.sentence = sentence
    self.streams = streams
    self.problems = problems
  }
}
