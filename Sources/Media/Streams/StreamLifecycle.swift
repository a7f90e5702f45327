// SPDX-License-Identifier: MIT

/// The lifecycle of a sender or a receiver.
///
///     resting --start--> running --stop--> stopping --returned by the media thread--> resting
///
/// While it is stopping, the media thread may still use its resources; nobody waits for that under the lock of
/// the streams.
enum StreamLifecycle: Equatable {
  /// The state of a stream that no media thread has.
  enum Rest: Equatable {
    case waiting(reason: String)
    case disabled
    /// Its place is about to become free.
    case removed
  }

  case resting(Rest)
  case running
  case stopping(then: Rest)

  static func waiting(_ reason: String) -> Self { .resting(.waiting(reason: reason)) }

  static let aboutToStart = Rest.waiting(reason: "starting")

  /// The reason of a stream that its media thread has not returned yet.
  static let notStopped = "its media thread has not stopped it yet"

  /// The reason for which it waits; nil unless it waits.
  var waitingReason: String? {
    if case .resting(.waiting(let reason)) = self { reason } else { nil }
  }
}
