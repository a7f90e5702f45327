// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog

/// Turns rising counters into sentences: which stream was disturbed, by what and how much, once for each
/// stretch of time.
///
/// Media threads do not log; whoever reads the journal shall see all the same that sound had gaps.
struct StreamEventSummary {
  /// What disturbs sound in one stream, counted since the stream began.
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

  /// What has risen since the last call. A stream that is new has no history, and one whose counters
  /// fell began anew.
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
