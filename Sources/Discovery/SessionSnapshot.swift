// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import Session
internal import Synchronization

/// Between the sessions thread and others: the sessions as it saw them last, and the settings that it is
/// to follow.
final class SessionSnapshot: Sendable {
  private let latest = Mutex(SessionsStatus())
  private let settings = Mutex<Configuration?>(nil)
  private let place = Mutex<Place?>(nil)

  /// What of the descriptions of our senders does not follow from the senders.
  struct Place: Sendable {
    var surroundings: OwnSessions.Surroundings
    /// Of the session of each sender.
    var identifiers: [StreamID: UInt64]
  }

  /// Every session that is announced, ours among them.
  var status: SessionsStatus { latest.withLock(\.self) }
  func update(_ status: SessionsStatus) { latest.withLock { $0 = status } }

  /// Takes in what was counted and could not be read, beside the sessions as they are.
  func update(counts: [String: Int], unreadable: String?) {
    latest.withLock { status in
      status.counts = counts
      status.unreadable = unreadable
    }
  }

  func update(_ place: Place) { self.place.withLock { $0 = place } }

  /// The description of a sender of ours as it is announced next; nil for one that is not announced.
  func description(of id: StreamID, _ sender: SenderConfiguration) -> String? {
    guard let place = place.withLock(\.self), let identifier = place.identifiers[id] else {
      return nil
    }
    return OwnSessions.description(of: sender, identifier: identifier, in: place.surroundings).text
  }

  /// Keeps what is to be followed until the sessions thread takes it.
  func apply(_ configuration: Configuration) { settings.withLock { $0 = configuration } }

  /// The settings that have come since the last call; nil for none.
  func takeConfiguration() -> Configuration? {
    settings.withLock { settings in
      defer { settings = nil }
      return settings
    }
  }
}
