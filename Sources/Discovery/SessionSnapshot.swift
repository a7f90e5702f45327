// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import Session
internal import Synchronization

/// Connects the sessions thread with others: its last view of the sessions, and the settings that it must
/// apply.
final class SessionSnapshot: Sendable {
  private let latest = Mutex(SessionsStatus())
  private let settings = Mutex<Configuration?>(nil)
  private let place = Mutex<Place?>(nil)

  /// The parts of our senders' descriptions that do not follow from the senders.
  struct Place: Sendable {
    var surroundings: OwnSessions.Surroundings
    /// The session identifier of each sender.
    var identifiers: [StreamID: UInt64]
  }

  /// All announced sessions, including ours.
  var status: SessionsStatus { latest.withLock(\.self) }
  func update(_ status: SessionsStatus) { latest.withLock { $0 = status } }

  /// Updates the counters and the last unreadable announcement, beside unchanged sessions.
  func update(counts: [String: Int], unreadable: String?) {
    latest.withLock { status in
      status.counts = counts
      status.unreadable = unreadable
    }
  }

  func update(_ place: Place) { self.place.withLock { $0 = place } }

  /// The description of a sender as it is announced next; nil for a sender that is not announced.
  func description(of id: StreamID, _ sender: SenderConfiguration) -> String? {
    guard let place = place.withLock(\.self), let identifier = place.identifiers[id] else {
      return nil
    }
    return OwnSessions.description(of: sender, identifier: identifier, in: place.surroundings).text
  }

  /// Keeps a configuration until the sessions thread takes it.
  func apply(_ configuration: Configuration) { settings.withLock { $0 = configuration } }

  /// The configuration since the last call; nil if there is none.
  func takeConfiguration() -> Configuration? {
    settings.withLock { settings in
      defer { settings = nil }
      return settings
    }
  }
}
