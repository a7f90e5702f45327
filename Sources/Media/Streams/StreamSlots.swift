// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import StreamEngine

/// A stream as its direction's table keeps it.
protocol TabledStream {
  var id: StreamID { get }
}

/// The places of one direction's streams. A place is a stream's index in the engine and in every table
/// of `MediaMemory` for as long as it lives; then the next stream may have it.
struct StreamSlots<Stream: TabledStream> {
  static var maximum: Int { MediaMemory.streams }

  private var streams: [Stream?] = Array(repeating: nil, count: MediaMemory.streams)

  var isEmpty: Bool { streams.allSatisfy { $0 == nil } }

  /// Taken places, the oldest stream's first.
  var places: [Int] {
    let taken = streams.indices.compactMap { index in streams[index].map { ($0.id, index) } }
    return taken.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The oldest first.
  var all: [Stream] { streams.compactMap(\.self).sorted { $0.id < $1.id } }

  func place(of id: StreamID) -> Int? { streams.firstIndex { $0?.id == id } }

  /// A place for one more; nil when all are taken.
  var free: Int? { streams.firstIndex { $0 == nil } }

  /// The stream at a place that is taken.
  subscript(place: Int) -> Stream {
    get {
      guard let stream = streams[place] else { preconditionFailure("place \(place) is empty") }
      return stream
    }
    set { streams[place] = newValue }
  }

  mutating func empty(_ place: Int) { streams[place] = nil }
}
