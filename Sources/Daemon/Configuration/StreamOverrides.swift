// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The changes of the streams of one direction at run time, and the ids of all of them.
///
/// A stream of the file keeps its id under a new name, and at a new address, but not both at once: then it is
/// another stream.
struct StreamOverrides: Codable, Equatable, Sendable {
  struct Entry: Codable, Equatable, Sendable {
    let id: Int
    /// Its name in the file; nil for a stream that was added at run time.
    var fileName: String?
    /// Its place in the file.
    var place: String?
    /// The keys that were set at run time; nil if it is unchanged.
    var keys: [String: String]?
    var isRemoved = false
  }

  private(set) var entries: [Entry] = []

  /// The names of streams that were added, changed or removed.
  func overriddenNames<Stream: StreamConfiguration>(_ file: [Stream]) -> [String] {
    entries.filter { $0.isRemoved || $0.keys != nil }
      .map { $0.keys?["name"] ?? $0.fileName ?? "" }.sorted()
  }

  // MARK: Changes

  /// - Parameters:
  ///   - said: the keys that were set or chosen; the others continue to follow the defaults.
  ///   - keys: all keys of the stream.
  mutating func added(_ id: StreamID, said: Set<String>, keys: [String: String]) {
    entries.append(Entry(id: id.number, keys: keys.filter { said.contains($0.key) }))
  }

  /// - Parameters:
  ///   - said: the keys that were set now.
  ///   - keys: all keys of the stream after that.
  ///   - file: the streams of the file.
  mutating func changed<Stream: StreamConfiguration>(
    _ id: StreamID, said: Set<String>, keys: [String: String], file: [Stream]
  ) {
    guard let index = index(id) else { return }
    let original = file.first { $0.name == entries[index].fileName }?.keys
    let before = entries[index].keys ?? [:]
    // The first channel is set together with the channels: by a list of adjacent ones, or by the list that a number replaces.
    let said = said.contains("channels") ? said.union(["first-channel"]) : said
    let overridden = keys.filter { key, value in
      (said.contains(key) || before[key] != nil) && original?[key] != value
    }
    entries[index].keys = overridden.isEmpty && original != nil ? nil : overridden
  }

  mutating func removed(_ id: StreamID) {
    guard let index = index(id) else { return }
    if entries[index].fileName == nil {
      entries.remove(at: index)
    } else {
      entries[index].isRemoved = true
      entries[index].keys = nil
    }
  }

  /// Drops the changes made at run time. Streams of the file keep their ids.
  mutating func reset() {
    entries.removeAll { $0.fileName == nil }
    for index in entries.indices {
      entries[index].keys = nil
      entries[index].isRemoved = false
    }
  }

  // MARK: Presets

  /// The streams for a preset.
  ///
  /// - Parameter areOfLayout: true if those of the file follow from the layout.
  func saved<Stream: StreamConfiguration>(
    _ streams: [(id: StreamID, configuration: Stream)], areOfLayout: Bool
  ) -> [Preset.Stream] {
    streams.map { id, configuration in
      let entry = index(id).map { entries[$0] }
      let said = entry?.fileName == nil ? entry?.keys : nil
      return Preset.Stream(
        id: id.number, keys: said ?? configuration.keys,
        followsLayout: areOfLayout && entry?.fileName != nil && entry?.keys?["address"] == nil)
    }
  }

  /// Restores the streams of a preset. Each gets its former id if a stream with that id still exists, or that
  /// of a stream with its name, or a new one; all others are removed.
  mutating func take<Stream: StreamConfiguration>(
    _ streams: [Preset.Stream], file: [Stream], nextID: inout Int
  ) {
    var left = entries
    var taken: [Entry] = []
    for stream in streams {
      let name = stream.keys["name"]
      let found =
        left.firstIndex { $0.id == stream.id }
        ?? left.firstIndex { ($0.keys?["name"] ?? $0.fileName) == name }
      var entry = found.map { left.remove(at: $0) } ?? Entry(id: Self.next(&nextID))
      entry.isRemoved = false
      if let original = file.first(where: { $0.name == entry.fileName })?.keys {
        let differing = stream.keys.filter { key, value in
          original[key] != value && !(stream.followsLayout && key == "address")
        }
        entry.keys = differing.isEmpty ? nil : differing
      } else {
        entry.keys = stream.keys
      }
      taken.append(entry)
    }
    for var entry in left where entry.fileName != nil {
      (entry.keys, entry.isRemoved) = (nil, true)
      taken.append(entry)
    }
    entries = taken
  }

  private func index(_ id: StreamID) -> Int? { entries.firstIndex { $0.id == id.number } }

  // MARK: The file

  /// Adapts to the present content of the file: each of its streams gets its former id, or a new one. Changes
  /// made at run time still override it.
  ///
  /// - Parameter place: the place of a stream, which is the same for a stream with another name.
  mutating func follow<Stream: StreamConfiguration>(
    _ file: [Stream], place: (Stream) -> String, nextID: inout Int
  ) {
    var former = entries.filter { $0.fileName != nil }
    let others = entries.filter { $0.fileName == nil }
    func take(where matches: (Entry) -> Bool) -> Entry? {
      former.firstIndex(where: matches).map { former.remove(at: $0) }
    }
    var found = file.map { stream in take { $0.fileName == stream.name } }
    for (index, stream) in file.enumerated() where found[index] == nil {
      found[index] = take { $0.place == place(stream) }
    }
    var followed: [Entry] = []
    for (index, stream) in file.enumerated() {
      var entry = found[index] ?? Entry(id: Self.next(&nextID))
      entry.fileName = stream.name
      entry.place = place(stream)
      followed.append(entry)
    }
    // If a stream is removed from the file, its overrides are dropped, unless they define a stream by themselves.
    let independent = former.filter { !$0.isRemoved && $0.keys?.saysWhich == true }.map { entry in
      var entry = entry
      (entry.fileName, entry.place) = (nil, nil)
      return entry
    }
    entries = followed + independent + others
  }

  /// Takes the present ids, names and places of the file's streams, with the overrides of this state.
  mutating func takeIdentities(of present: StreamOverrides) {
    let others = present.entries.filter { entry in
      entry.fileName != nil && !entries.contains { $0.id == entry.id }
    }
    entries = entries.map { entry in
      guard entry.fileName != nil,
        let now = present.entries.first(where: { $0.fileName != nil && $0.id == entry.id })
          ?? others.first(where: { $0.fileName == entry.fileName })
      else { return entry }
      return Entry(
        id: now.id, fileName: now.fileName, place: now.place, keys: entry.keys,
        isRemoved: entry.isRemoved)
    }
    entries += others.filter { other in !entries.contains { $0.id == other.id } }
  }

  static func next(_ nextID: inout Int) -> Int {
    defer { nextID += 1 }
    return nextID
  }

  /// The resulting streams, those of the file first; and sentences about those that are impossible.
  func streams<Stream: StreamConfiguration>(
    _ file: [Stream], base: Stream, problems wrong: (Stream, [Stream]) -> [ValidationError]
  ) -> (streams: [(id: StreamID, configuration: Stream)], problems: [String]) {
    var streams: [(id: StreamID, configuration: Stream)] = []
    var problems: [String] = []
    for entry in entries where !entry.isRemoved {
      let original = file.first { $0.name == entry.fileName }
      let others = streams.map(\.configuration)
      var candidates: [Stream] = []
      if let keys = entry.keys {
        do throws(ConfigurationError) {
          let name = keys["name"] ?? entry.fileName ?? "a stream"
          candidates.append(try (original ?? base).applying(Node(keys), named: name))
        } catch {
          problems.append(error.description)
        }
      }
      if let original { candidates.append(original) }
      for candidate in candidates {
        guard let problem = wrong(candidate, others).first else {
          streams.append((StreamID(entry.id), candidate))
          break
        }
        problems.append("\(candidate.name): \(problem)")
      }
    }
    return (streams, problems)
  }
}

extension [String: String] {
  /// Returns true if these keys of a stream include its address.
  fileprivate var saysWhich: Bool {
    ["address", "session", "sdp-text", "sdp-url"].contains { self[$0] != nil }
  }
}

extension StreamOverrides {
  /// Converts the state of an earlier version, which identified streams by their names.
  init(_ former: Choices.Streams, nextID: inout Int) {
    self.init()
    for keys in former.kept { take(Self.next(&nextID), keys["name"] ?? "", keys) }
    for name in former.removed { take(Self.next(&nextID), name, nil) }
  }

  private mutating func take(_ id: Int, _ name: String, _ keys: [String: String]?) {
    entries.append(Entry(id: id, fileName: name, keys: keys, isRemoved: keys == nil))
  }
}
