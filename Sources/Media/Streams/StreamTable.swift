// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import StreamHealth

/// All streams and their states, under the lock of the streams. No function waits for a media thread:
/// ``stopping`` has the streams that it was asked to stop, and ``finishStops(_:)`` takes them back.
struct StreamTable {
  /// The places of streams that media threads were asked to stop.
  struct Stops: Sendable {
    var senders: [Int] = []
    var receivers: [Int] = []
  }

  /// The interface of the streams, as of the last check.
  private(set) var path: NetworkPath
  private var hasLooked = false
  private var interfaceLine = ""
  /// True once the daemon stops: stopped streams do not start again.
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

  /// The interface of the streams; nil before the first check.
  var seenPath: NetworkPath? { hasLooked ? path : nil }

  /// Stops all streams for good.
  mutating func close() {
    senders.close()
    receivers.close()
    isClosed = true
  }

  // MARK: Stopping

  var stopping: Stops {
    Stops(senders: senders.slots.stopping, receivers: receivers.slots.stopping)
  }

  /// Completes these stops, after the media threads have returned the streams.
  mutating func finishStops(_ stops: Stops) {
    senders.finishStops(stops.senders)
    receivers.finishStops(stops.receivers)
  }

  // MARK: The network

  /// Takes the list of interfaces, and opens sockets or joins groups again that a change affects.
  mutating func follow(_ interfaces: [NetworkInterface]) {
    guard !isClosed else { return }
    let change = path.follow(interfaces)
    hasLooked = true
    senders.follow(change, path)
    receivers.follow(change, path, addresses: interfaces.flatMap(\.addresses))
  }

  /// Selects another interface, from the next ``follow(_:)`` on.
  mutating func choose(_ choice: InterfaceChoice) { path.choose(choice.name) }

  /// A log line on a change of the interface; nil if there was none.
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

  /// Updates all streams for the present time.
  func advance(to now: MonotonicInstant, _ clock: DeviceClock) {
    guard interface != nil else { return }
    receivers.advance(to: now)
    senders.advance(to: now, clock)
  }

  // MARK: Health

  /// Checks every stream.
  func observe(_ surroundings: StreamSurroundings, at now: MonotonicInstant) {
    let view = StreamView(surroundings, on: seenPath, at: now)
    for handle in senders.all { handle.observe(view) }
    for handle in receivers.all { handle.observe(view) }
  }

  /// The conditions of all streams for alarms.
  func conditions(at now: MonotonicInstant) -> [StreamCondition] {
    senders.all.map { $0.condition(at: now) } + receivers.all.map { $0.condition(at: now) }
  }
}
