// SPDX-License-Identifier: MIT

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

  static let aboutToStart = Rest.waiting(reason: "starting")

  /// What a stream waits for that its media thread has not given back.
  static let notStopped = "its media thread has not stopped it yet"

  /// What it waits for; nil unless it waits.
  var waitingReason: String? {
    if case .resting(.waiting(let reason)) = self { reason } else { nil }
  }
}
