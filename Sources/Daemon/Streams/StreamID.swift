// SPDX-License-Identifier: MIT

/// Which stream of this run of the daemon is meant; never given twice.
///
/// Names are for people, who change them and may give one to two streams.
public struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let number: Int

  public init(_ number: Int) { self.number = number }

  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  public var description: String { "\(number)" }
}

/// Why the streams were not changed as somebody wished.
public enum StreamChangeError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(StreamID)
  case full(greatest: Int)
  /// It would be wrong by itself, or beside the others.
  case wrong(StreamProblem)
  case stopping

  public var description: String {
    switch self {
    case .unknown(let id): "there is no stream \(id) any more"
    case .full(let greatest):
      "all \(greatest) places for streams of this direction are taken: remove one first"
    case .wrong(let problem): "\(problem)"
    case .stopping: "the daemon is stopping"
    }
  }
}
