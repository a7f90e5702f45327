// SPDX-License-Identifier: MIT

/// A change of the status: data of an event `change`.
public struct Change: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    case interface, clock, grandmaster, sender, receiver, client, realTime
  }

  public var kind: Kind
  /// The name of the stream or program; empty if there is only one, or if `text` gives a number of them.
  public var name: String
  /// The change, in words.
  public var text: String

  public init(_ kind: Kind, name: String = "", _ text: String) {
    self.kind = kind
    self.name = name
    self.text = text
  }

  /// Returns the changes between two readings. Of the counters only those of faults count as changes.
  public static func between(_ old: DaemonStatus, _ new: DaemonStatus) -> [Change] {
    var changes: [Change] = []
    if old.interface != new.interface {
      let text = new.interface.map { "streams use \($0.name) (\($0.address))" }
      changes.append(Change(.interface, text ?? "there is no network interface"))
    }
    if old.clock.state != new.clock.state {
      changes.append(Change(.clock, "\(old.clock.state) became \(new.clock.state)"))
    }
    if let ptp = new.ptp, old.ptp?.grandmaster != ptp.grandmaster {
      changes.append(Change(.grandmaster, "is \(ptp.grandmaster)"))
    }
    if old.realTime != new.realTime {
      changes.append(Change(.realTime, "\(new.realTime.mode.rawValue) \(new.realTime.reason)"))
    }
    changes += streams(.sender, old.senders, new.senders)
    changes += streams(.receiver, old.receivers, new.receivers)
    changes += clients(old.clients, new.clients)
    return changes
  }

  private static func streams<Stream: StreamReading>(
    _ kind: Kind, _ old: [Stream], _ new: [Stream]
  ) -> [Change] {
    var before: [String: Stream] = [:]
    for stream in old { before[stream.name] = stream }
    var changes: [Change] = []
    for stream in new {
      guard let last = before.removeValue(forKey: stream.name) else {
        changes.append(Change(kind, name: stream.name, "was added"))
        continue
      }
      if last.state != stream.state || last.error != stream.error {
        // The error may contain figures that change all the time, and while it waits another reason is no news.
        let isOther = last.error.map(\.withoutFigures) != stream.error.map(\.withoutFigures)
        if last.state != stream.state || isOther && !stream.state.isPhase {
          let reason = stream.error.map { ": \($0)" } ?? ""
          changes.append(Change(kind, name: stream.name, stream.state.words + reason))
        }
      } else if !last.isSameStream(as: stream) {
        changes.append(Change(kind, name: stream.name, "was changed"))
      }
      let faults = zip(last.faults, stream.faults).compactMap { (was, now) in
        now.count > was.count ? "\(now.count - was.count) \(now.name)" : nil
      }
      if !faults.isEmpty {
        changes.append(Change(kind, name: stream.name, faults.joined(separator: ", ")))
      }
    }
    changes += before.keys.sorted().map { Change(kind, name: $0, "was removed") }
    return folded(changes, kind)
  }

  /// Merges changes of several streams with the same words into one, in the place of the first.
  private static func folded(_ changes: [Change], _ kind: Kind) -> [Change] {
    var names: [String: [String]] = [:]
    for change in changes { names[change.text, default: []].append(change.name) }
    var reported: Set<String> = []
    return changes.compactMap { change in
      let all = names[change.text] ?? []
      guard all.count > 1 else { return change }
      guard reported.insert(change.text).inserted else { return nil }
      return Change(kind, "\(all.count) \(kind.rawValue)s: \(change.text)")
    }
  }

  private static func clients(_ old: [ClientStatus], _ new: [ClientStatus]) -> [Change] {
    struct Key: Hashable {
      let slot: Int
      let pid: Int32
    }
    func key(_ client: ClientStatus) -> Key { Key(slot: client.slot, pid: client.pid) }
    func label(_ client: ClientStatus) -> String { "\(client.program) (\(client.pid))" }
    var before: [Key: ClientStatus] = [:]
    for client in old { before[key(client)] = client }
    var changes: [Change] = []
    for client in new {
      let last = before.removeValue(forKey: key(client))
      if last == nil {
        changes.append(Change(.client, name: label(client), "opened \(client.direction.rawValue)"))
      }
      if last?.running ?? false != client.running {
        changes.append(
          Change(.client, name: label(client), client.running ? "started" : "stopped"))
      }
      let xruns = client.xruns &- (last?.xruns ?? 0)
      if client.xruns > last?.xruns ?? 0 {
        changes.append(Change(.client, name: label(client), "\(xruns) xruns"))
      }
    }
    let gone = before.values.sorted { ($0.slot, $0.pid) < ($1.slot, $1.pid) }
    return changes
      + gone.map { Change(.client, name: label($0), "closed \($0.direction.rawValue)") }
  }
}

/// The common part of senders and receivers when two readings are compared.
protocol StreamReading {
  var name: String { get }
  associatedtype State: HealthState
  var state: State { get }
  var error: String? { get }
  /// Counters that do not change while the stream is healthy.
  var faults: [(name: String, count: UInt64)] { get }
  func isSameStream(as other: Self) -> Bool
}

extension SenderStatus: StreamReading {
  var faults: [(name: String, count: UInt64)] {
    [("dropped", dropped), ("send errors", sendErrors)]
  }

  func isSameStream(as other: Self) -> Bool {
    address == other.address && port == other.port && channels == other.channels
      && firstChannel == other.firstChannel && map == other.map && payloadType == other.payloadType
      && packetTimeMicroseconds == other.packetTimeMicroseconds
  }
}

extension ReceiverStatus: StreamReading {
  var faults: [(name: String, count: UInt64)] {
    [
      ("late", late), ("early", early), ("lost", lost), ("foreign", foreign),
      ("malformed", malformed), ("resyncs", resyncs),
    ]
  }

  func isSameStream(as other: Self) -> Bool {
    address == other.address && port == other.port && channels == other.channels
      && firstChannel == other.firstChannel && map == other.map && encoding == other.encoding
      && linkOffsetFrames == other.linkOffsetFrames
  }
}
