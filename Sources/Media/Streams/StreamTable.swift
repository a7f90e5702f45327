// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock

/// Which streams there are and how each is doing: the control side's book, under its lock.
struct StreamTable: ~Copyable {
  /// What one stream does.
  enum State: Equatable {
    case waiting(reason: String)
    case running
    case disabled

    var status: StreamState {
      switch self {
      case .waiting: .waiting
      case .running: .running
      case .disabled: .disabled
      }
    }

    /// What is waited for.
    var reason: String? {
      if case .waiting(let reason) = self { reason } else { nil }
    }
  }

  /// The interface that the streams use, as it was last.
  private(set) var path: NetworkPath
  private var interfaceLine = ""
  /// The daemon stops: what is stopped stays so.
  private(set) var isClosed = false
  var senders: SenderTable
  var receivers = ReceiverTable()

  /// - Parameter cname: what our streams are called in RTCP.
  init(_ memory: MediaMemory, _ network: Configuration.Network, cname: String) {
    path = NetworkPath(network.interface.name)
    senders = SenderTable(memory, network, cname: cname)
  }

  /// The interface in use; nil while there is none.
  var interface: NetworkInterface? { path.isUsable && !isClosed ? path.interface : nil }

  mutating func close() {
    isClosed = true
  }

  /// Takes in what interfaces there are; opens anew, or joins anew, what that concerns.
  /// Returns true if it concerned anything.
  mutating func follow(
    _ interfaces: [NetworkInterface], _ memory: MediaMemory, _ poller: borrowing Poller
  ) -> Bool {
    guard !isClosed else { return false }
    let change = path.follow(interfaces)
    senders.follow(change, path)
    receivers.follow(change, path, addresses: interfaces.flatMap(\.addresses), memory, poller)
    return change != .none
  }

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

  /// Lets time pass; returns what to log of streams that came to wait, or run again.
  mutating func advance(
    to now: MonotonicInstant, _ clock: DeviceClock, _ memory: MediaMemory,
    _ poller: borrowing Poller
  ) -> [StreamNews] {
    guard interface != nil else { return [] }
    receivers.advance(to: now, memory, poller)
    return senders.advance(to: now, clock, memory)
  }

  /// How a stream does that its media thread runs: it waits while the network is away, or while
  /// `problem` lasts.
  static func actual(_ state: State, _ path: NetworkPath, problem: String?) -> State {
    guard state == .running else { return state }
    if !path.isUsable { return .waiting(reason: path.problem) }
    return problem.map { .waiting(reason: $0) } ?? state
  }
}

/// A stream that has come to wait, or runs again: for the log.
struct StreamNews: Equatable, Sendable {
  var name: String
  var direction: String
  /// Nil when it runs again.
  var reason: String?

  var line: String { "\(direction) \(name): \(reason ?? "runs again")" }
}
