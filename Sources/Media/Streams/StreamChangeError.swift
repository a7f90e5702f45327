// SPDX-License-Identifier: MIT
package import DaemonConfiguration

/// The reason why a change of streams was refused.
package enum StreamChangeError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(StreamID)
  case full(maximum: Int)
  /// The configuration has a mistake, by itself or beside the others.
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
