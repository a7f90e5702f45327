// SPDX-License-Identifier: MIT
package import DaemonConfiguration

/// Why the streams were not changed.
package enum StreamChangeError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(StreamID)
  case full(maximum: Int)
  /// It would be wrong by itself, or beside the others.
  case invalid(ValidationError)
  case stopping

  package var description: String {
    switch self {
    case .unknown(let id): "stream \(id) no longer exists"
    case .full(let maximum):
      "all \(maximum) streams of this direction are in use: remove one first"
    case .invalid(let problem): "\(problem)"
    case .stopping: "the daemon is stopping"
    }
  }
}
