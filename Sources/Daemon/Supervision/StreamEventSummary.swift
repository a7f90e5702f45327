// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog

/// Turns increasing counters into sentences: the disturbed stream, the kind of disturbance and its amount, once
/// per interval.
///
/// Media threads do not log; these sentences show gaps in the audio in the journal nevertheless.
struct StreamEventSummary {
  /// The disturbances of one stream since its start.
  struct Counts {
    let direction: String
    let id: Int
    let name: String
    let disturbances: [(field: EventField, what: String, count: UInt64)]
  }

  /// A disturbed stream: the sentence and its facts.
  struct Disturbed {
    let sentence: String
    let facts: [EventField: any CustomStringConvertible & Sendable]
  }

  private var last: [String: [UInt64]] = [:]

  /// The increases since the last call. A new stream has no history, and one whose counters fell has restarted.
  mutating func disturbed(_ streams: [Counts], seconds: Int) -> [Disturbed] {
    let before = last
    last.removeAll()
    return streams.compactMap { stream in
      let key = "\(stream.direction) \(stream.id)"
      let counts = stream.disturbances.map(\.count)
      last[key] = counts
      guard let old = before[key], old.count == counts.count,
        zip(counts, old).allSatisfy({ $0 >= $1 })
      else { return nil }
      var facts: [EventField: any CustomStringConvertible & Sendable] = [
        .stream: stream.name, .direction: stream.direction,
      ]
      var parts: [String] = []
      for (disturbance, old) in zip(stream.disturbances, old) where disturbance.count > old {
        facts[disturbance.field] = disturbance.count
        parts.append("\(disturbance.count - old) \(disturbance.what)")
      }
      guard !parts.isEmpty else { return nil }
      let what = parts.joined(separator: ", ")
      return Disturbed(
        sentence: "\(stream.direction) \(stream.name): packets \(what) in \(seconds) s",
        facts: facts)
    }
  }

  static func counts(_ status: DaemonStatus) -> [Counts] {
    let senders = status.senders.map { sender in
      Counts(
        direction: "sender", id: sender.id, name: sender.name,
        disturbances: [
          (.dropped, "dropped", sender.dropped), (.sendErrors, "refused", sender.sendErrors),
        ])
    }
    let receivers = status.receivers.map { receiver in
      Counts(
        direction: "receiver", id: receiver.id, name: receiver.name,
        disturbances: [
          (.lost, "lost", receiver.lost), (.late, "late", receiver.late),
          (.early, "early", receiver.early),
        ])
    }
    return senders + receivers
  }
}
