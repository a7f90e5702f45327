// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The list of events in the monitor: repeated events are one line with a count.
struct EventList: Equatable {
  struct Entry: Equatable {
    /// The time of the last occurrence.
    var time: String
    var text: String
    var count = 1
    fileprivate var key: String

    /// The displayed line, such as `3× receiver Hall: 5 late`.
    var line: String { "\(time)  \(count > 1 ? "\(count)\u{D7} " : "")\(text)" }
  }

  private static let maximum = 500
  /// The number of last entries in which a repetition is searched for.
  private static let reach = 8

  private(set) var entries: [Entry] = []

  /// - Parameter time: such as `17:45:01`.
  mutating func add(_ change: Change, time: String) {
    let text = Text.plain(
      change.kind.rawValue + (change.name.isEmpty ? "" : " \(change.name)") + ": \(change.text)")
    // Equal except for its figures.
    let key = String(
      text.map { $0.isNumber ? "0" : $0 }.reduce(into: [Character]()) { all, next in
        if next != "0" || all.last != "0" { all.append(next) }
      })
    var entry = Entry(time: time, text: text, key: key)
    if let place = entries.indices.suffix(Self.reach).last(where: { entries[$0].key == key }) {
      entry.count += entries.remove(at: place).count
    }
    entries.append(entry)
    if entries.count > Self.maximum { entries.removeFirst() }
  }
}
