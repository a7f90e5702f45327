// SPDX-License-Identifier: MIT
package import DaemonConfiguration

/// Why the streams were not changed as somebody wished.
package enum StreamChangeError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(StreamID)
  case full(greatest: Int)
  /// It would be wrong by itself, or beside the others.
  case wrong(StreamProblem)
  case stopping

  package var description: String {
    switch self {
    case .unknown(let id): "there is no stream \(id) any more"
    case .full(let greatest):
      "all \(greatest) places for streams of this direction are taken: remove one first"
    case .wrong(let problem): "\(problem)"
    case .stopping: "the daemon is stopping"
    }
  }
}
