// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The streams of one direction, each at its place. A stream keeps its place for its lifetime; then the next
/// stream can have it.
struct StreamSlots<Handle: StreamHandle> {
  private var handles: [Handle?] = Array(repeating: nil, count: MediaMemory.streams)

  /// All streams, the oldest first.
  var all: [Handle] { handles.compactMap(\.self).sorted { $0.id < $1.id } }

  /// The streams that a media thread has.
  var running: [Handle] { all.filter { $0.lifecycle == .running } }

  subscript(place: Int) -> Handle? { handles[place] }

  /// - Throws: if there is no such stream.
  func handle(of id: StreamID) throws(StreamChangeError) -> Handle {
    guard let handle = find(id) else { throw .unknown(id) }
    return handle
  }

  func find(_ id: StreamID) -> Handle? {
    handles.compactMap(\.self).first { $0.id == id && $0.lifecycle != .stopping(then: .removed) }
  }

  /// Adds a stream that `make` makes for its place.
  ///
  /// - Throws: if all places are taken, or the stream conflicts with another one.
  mutating func add(
    _ configuration: Handle.Configuration, _ make: (Int) -> Handle
  ) throws(StreamChangeError) {
    guard let place = handles.firstIndex(where: { $0 == nil }) else {
      throw .full(maximum: handles.count)
    }
    try check(configuration, insteadOf: nil)
    let handle = make(place)
    if !configuration.isEnabled { handle.lifecycle = .resting(.disabled) }
    handles[place] = handle
  }

  mutating func remove(_ id: StreamID) throws(StreamChangeError) {
    try handle(of: id).stop(then: .removed)
    freePlaces()
  }

  func check(
    _ configuration: Handle.Configuration, insteadOf id: StreamID?
  ) throws(StreamChangeError) {
    let others = all.filter { $0.id != id }.map(\.configuration)
    if let problem = configuration.problems(beside: others).first { throw .invalid(problem) }
  }

  // MARK: Stopping

  /// The places of streams that the media thread was asked to stop.
  var stopping: [Int] {
    handles.compactMap(\.self).filter {
      if case .stopping = $0.lifecycle { true } else { false }
    }.map(\.place)
  }

  /// Completes the stops of these places, after the media thread has returned their streams.
  mutating func finishStops(_ places: [Int]) {
    for place in places { handles[place]?.finishStop() }
    freePlaces()
  }

  private mutating func freePlaces() {
    for place in handles.indices where handles[place]?.lifecycle == .resting(.removed) {
      handles[place] = nil
    }
  }
}
