// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import LinuxIO

/// What one stream does, a sender and a receiver alike.
///
///     resting --start--> running --stop--> stopping --given back by the media thread--> resting
///
/// While it is stopping the media thread may still use what it owns; nobody waits for that under the lock of
/// the streams.
enum StreamLifecycle: Equatable {
  /// What a stream is that no media thread has.
  enum Rest: Equatable {
    case waiting(reason: String)
    case disabled
    /// Its place is about to be free.
    case removed
  }

  case resting(Rest)
  case running
  case stopping(then: Rest)

  static func waiting(_ reason: String) -> Self { .resting(.waiting(reason: reason)) }

  static let aboutToStart = Rest.waiting(reason: "it is about to start")

  /// What it waits for; nil unless it waits.
  var waitingReason: String? {
    if case .resting(.waiting(let reason)) = self { reason } else { nil }
  }

  /// How people see it: a stream whose media thread runs waits while the network is away, or while `problem`
  /// lasts.
  ///
  /// - Parameter path: nil while nobody has looked at the network.
  func shown(on path: NetworkPath?, problem: String? = nil) -> (state: StreamState, reason: String?)
  {
    switch self {
    case .resting(.waiting(let reason)): (.waiting, reason)
    case .resting(.disabled), .resting(.removed): (.disabled, nil)
    case .stopping: (.waiting, "its media thread has not stopped it yet")
    case .running:
      if let path, !path.isUsable {
        (.waiting, path.problem)
      } else {
        (problem == nil ? .running : .waiting, problem)
      }
    }
  }
}
