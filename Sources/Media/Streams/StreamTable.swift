// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import StreamHealth

/// Which streams there are and how each is doing, under the lock of the streams. Nothing here waits for a media
/// thread: what it was asked to stop is said by ``stopping``, and taken back by ``finishStops(_:)``.
struct StreamTable {
  /// Places of streams that media threads were asked to stop.
  struct Stops: Sendable {
    var senders: [Int] = []
    var receivers: [Int] = []
  }

  /// The interface that the streams use, as it was last.
  private(set) var path: NetworkPath
  private var hasLooked = false
  private var interfaceLine = ""
  /// The daemon stops: what is stopped stays so.
  private(set) var isClosed = false
  var senders: SenderTable
  var receivers: ReceiverTable

  init(_ senders: SenderTable, _ receivers: ReceiverTable, _ choice: InterfaceChoice) {
    path = NetworkPath(choice.name)
    self.senders = senders
    self.receivers = receivers
  }

  /// The interface in use; nil while there is none.
  var interface: NetworkInterface? { path.isUsable && !isClosed ? path.interface : nil }

  /// Nil while nobody has looked.
  var seenPath: NetworkPath? { hasLooked ? path : nil }

  /// Stops all streams, for good.
  mutating func close() {
    senders.close()
    receivers.close()
    isClosed = true
  }

  // MARK: Stopping

  var stopping: Stops {
    Stops(senders: senders.slots.stopping, receivers: receivers.slots.stopping)
  }

  /// The media threads have given back these streams.
  mutating func finishStops(_ stops: Stops) {
    senders.finishStops(stops.senders)
    receivers.finishStops(stops.receivers)
  }

  // MARK: The network

  /// Takes in what interfaces there are; opens anew, or joins anew, what that concerns.
  mutating func follow(_ interfaces: [NetworkInterface]) {
    guard !isClosed else { return }
    let change = path.follow(interfaces)
    hasLooked = true
    senders.follow(change, path)
    receivers.follow(change, path, addresses: interfaces.flatMap(\.addresses))
  }

  /// Another interface is to be used, from the next ``follow(_:)`` on.
  mutating func choose(_ choice: InterfaceChoice) { path.choose(choice.name) }

  /// A line for the log when there is news of the interface.
  mutating func interfaceNews() -> String? {
    var line = path.problem
    if let interface {
      let addresses = interface.addresses.map(\.description).joined(separator: ", ")
      line = "streams use interface \(interface.name) (\(addresses))"
    }
    guard line != interfaceLine else { return nil }
    interfaceLine = line
    return line
  }

  /// Lets time pass.
  func advance(to now: MonotonicInstant, _ clock: DeviceClock) {
    guard interface != nil else { return }
    receivers.advance(to: now)
    senders.advance(to: now, clock)
  }

  // MARK: Health

  /// Looks at every stream.
  func observe(_ surroundings: StreamSurroundings, at now: MonotonicInstant) {
    let view = StreamView(surroundings, on: seenPath, at: now)
    for handle in senders.all { handle.observe(view) }
    for handle in receivers.all { handle.observe(view) }
  }

  /// The streams as alarms see them.
  func conditions(at now: MonotonicInstant) -> [StreamCondition] {
    senders.all.map { $0.condition(at: now) } + receivers.all.map { $0.condition(at: now) }
  }
}
