// SPDX-License-Identifier: MIT

/// A text of SDP: one to be checked, or what a stream is to become.
public struct SDPCheckRequest: Codable, Equatable, Sendable {
  public var sdp: String

  public init(sdp: String) { self.sdp = sdp }
}

/// What a text of SDP describes, and what is wrong with it: the answer of `/v1/sdp/check`. Nothing is changed by it.
public struct SDPCheckReport: Codable, Equatable, Sendable {
  /// A line that could not be read, or cannot be used.
  public struct Problem: Codable, Equatable, Sendable {
    /// From 1; 0 for the text as a whole.
    public var line: Int
    public var sentence: String

    public init(line: Int, sentence: String) {
      self.line = line
      self.sentence = sentence
    }
  }

  /// Whether this host can receive one of its streams.
  public var receivable: Bool
  /// Why not, or what is doubtful; empty where nothing is.
  public var sentence: String
  public var streams: [SessionStreamStatus]
  /// In the order of the lines.
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
