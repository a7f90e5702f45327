// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// What has to be done to the streams of one direction, so that they are what they shall be. What is the same
/// before and after is not touched.
struct StreamDifferences<Stream: StreamConfiguration> {
  typealias Identified = (id: StreamID, configuration: Stream)

  private var removed: [Identified] = []
  private var changed: [Identified] = []
  private var added: [Identified] = []

  init(from now: [Identified], to wanted: [Identified]) {
    removed = now.filter { stream in !wanted.contains { $0.id == stream.id } }
    for stream in wanted {
      guard let old = now.first(where: { $0.id == stream.id }) else {
        added.append(stream)
        continue
      }
      if old.configuration.keys != stream.configuration.keys { changed.append(stream) }
    }
  }

  /// Does it one by one. One may be in the way of another until that has changed, too: so what is refused is
  /// tried again as long as anything else succeeds.
  ///
  /// - Returns: what was done, and what was refused with the reason, each beginning with the stream's name.
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
    while !left.isEmpty {
      refused = []
      let before = left.count
      left = left.filter { stream, isNew in
        do {
          let name = stream.configuration.name
          try isNew ? add(stream.id, stream.configuration) : change(stream.id, stream.configuration)
          done.append("\(name) \(isNew ? "added" : "changed")")
          return false
        } catch {
          refused.append("\(stream.configuration.name): \(error)")
          return true
        }
      }
      if left.count == before { break }
    }
    return (done, left.isEmpty ? [] : refused)
  }
}
