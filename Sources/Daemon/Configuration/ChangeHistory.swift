// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Notation

/// The last changes made at run time, each with the state before it: of senders, receivers, settings and the
/// profile, which are all overrides of the file. Kept by the state store.
struct ChangeHistory: Codable, Equatable, Sendable {
  static let subject = "history"
  static let formVersion = 1
  private static let maximumCount = 20
  /// The maximum size in bytes of text, because the state before each change may be long.
  private static let maximumBytes = 512 << 10

  private struct Entry: Codable, Equatable, Sendable {
    var change: UndoableChange
    var before: Overrides
  }

  /// The entries, the oldest first.
  private var entries: [Entry] = []

  /// The changes, the latest first.
  var changes: [UndoableChange] { entries.reversed().map(\.change) }
  var last: (change: UndoableChange, before: Overrides)? {
    entries.last.map { ($0.change, $0.before) }
  }

  /// Adds the state before a change, unless nothing was changed that users can set.
  ///
  /// - Parameter event: the event, if it caused many changes, such as `preset Show loaded`.
  mutating func add(
    from before: Overrides, to after: Overrides, as event: String? = nil, unixSeconds: Int64
  ) {
    let changes = after.changes(since: before)
    guard !changes.isEmpty else { return }
    let text = event.map { "\($0): \(changes)" } ?? changes
    entries.append(
      Entry(change: UndoableChange(text: text, unixSeconds: unixSeconds), before: before))
    var bytes = 0
    let kept = entries.reversed().prefix { entry in
      bytes += entry.before.byteCount
      return bytes <= Self.maximumBytes
    }
    entries = kept.prefix(Self.maximumCount).reversed()
  }

  mutating func removeLast() { if !entries.isEmpty { entries.removeLast() } }
  mutating func removeOldest() { if !entries.isEmpty { entries.removeFirst() } }
}

extension Overrides {
  /// The approximate size of its text.
  fileprivate var byteCount: Int {
    let streams = (senders.entries + receivers.entries).map { entry in
      100 + (entry.keys?.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 10 } ?? 0)
    }
    return streams.reduce(0, +)
      + settings.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 10 }
  }

  /// The changes by users between `before` and this, in words; empty for none.
  func changes(since before: Overrides) -> String {
    let keys = Set(settings.keys).union(before.settings.keys).sorted()
    let changed = keys.filter { settings[$0] != before.settings[$0] }.map { key in
      settings[key].map { "\(key) set to \($0)" } ?? "\(key) reset"
    }
    let all =
      changed + senders.changes(since: before.senders, "sender")
      + receivers.changes(since: before.receivers, "receiver")
    return all.firstFew.joined(separator: ", ")
  }
}

extension StreamOverrides {
  fileprivate func changes(since before: StreamOverrides, _ kind: String) -> [String] {
    let former = Dictionary(before.entries.map { ($0.id, $0) }) { first, _ in first }
    let present = Set(entries.map(\.id))
    let removed = before.entries.filter {
      !present.contains($0.id) && $0.fileName == nil && !$0.isRemoved
    }
    return entries.compactMap { entry in
      let old = former[entry.id]
      // A new stream of the file is not a change by a user.
      if old == nil, entry.fileName != nil, entry.keys == nil, !entry.isRemoved { return nil }
      guard old?.keys != entry.keys || old?.isRemoved ?? true != entry.isRemoved else { return nil }
      if entry.isRemoved { return "\(kind) \((old ?? entry).name) removed" }
      let isNew = old == nil || old?.isRemoved == true
      return "\(kind) \(entry.name) \(isNew ? "added" : "changed")"
    } + removed.map { "\(kind) \($0.name) removed" }
  }
}

extension StreamOverrides.Entry {
  fileprivate var name: String { keys?["name"] ?? fileName ?? "" }
}
