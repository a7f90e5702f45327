// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The changes that turn the present streams of one direction into the requested ones. Streams that are equal
/// are not touched.
struct StreamDifferences<Stream: StreamConfiguration> {
  typealias Identified = (id: StreamID, configuration: Stream)

  private let former: [Identified]
  private var removed: [Identified] = []
  private var changed: [Identified] = []
  private var added: [Identified] = []

  init(from now: [Identified], to wanted: [Identified]) {
    former = now
    removed = now.filter { stream in !wanted.contains { $0.id == stream.id } }
    for stream in wanted {
      guard let old = now.first(where: { $0.id == stream.id }) else {
        added.append(stream)
        continue
      }
      if old.configuration.keys != stream.configuration.keys { changed.append(stream) }
    }
  }

  /// Makes the changes one by one. One may be impossible before another is made, so that refused ones are tried
  /// again as long as any other succeeds. If each waits for another, as two streams that exchange their channels
  /// do, one is removed until the others are made; it is restored if its change is refused all the same.
  ///
  /// - Returns: the changes that were made, and those that were refused with the reason, each beginning with
  ///   the stream's name.
  func apply(
    add: (StreamID, Stream) throws -> Void, change: (StreamID, Stream) throws -> Void,
    remove: (StreamID) throws -> Void
  ) -> (done: [String], refused: [String]) {
    var done: [String] = []
    for stream in removed where (try? remove(stream.id)) != nil {
      done.append("\(stream.configuration.name) removed")
    }
    var left = changed.map { (stream: $0, isNew: false) } + added.map { (stream: $0, isNew: true) }
    var refused: [String] = []
    var cleared: Set<StreamID> = []
    while !left.isEmpty {
      refused = []
      let before = left.count
      left = left.filter { stream, isNew in
        do {
          let name = stream.configuration.name
          let isAbsent = isNew || cleared.contains(stream.id)
          try isAbsent
            ? add(stream.id, stream.configuration) : change(stream.id, stream.configuration)
          done.append("\(name) \(isNew ? "added" : "changed")")
          return false
        } catch {
          refused.append("\(stream.configuration.name): \(error)")
          return true
        }
      }
      guard left.count == before else { continue }
      let inTheWay = left.first { !$0.isNew && !cleared.contains($0.stream.id) }
      guard let id = inTheWay?.stream.id, left.count > 1, (try? remove(id)) != nil else { break }
      cleared.insert(id)
    }
    for (stream, _) in left where cleared.contains(stream.id) {
      guard let old = former.first(where: { $0.id == stream.id }) else { continue }
      do {
        try add(old.id, old.configuration)
      } catch {
        refused.append("\(old.configuration.name): not restored: \(error)")
      }
    }
    return (done, left.isEmpty ? [] : refused)
  }
}
