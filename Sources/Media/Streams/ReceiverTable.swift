// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine

/// The receivers, and their adaptation to the network.
struct ReceiverTable {
  private(set) var slots = StreamSlots<ReceiverHandle>()
  private let control: ReceiveControl

  init(_ control: ReceiveControl) { self.control = control }

  var all: [ReceiverHandle] { slots.all }

  // MARK: Changes

  mutating func add(_ configuration: ReceiverConfiguration, id: StreamID) throws(StreamChangeError)
  {
    try slots.add(configuration) { place in
      ReceiverHandle(id: id, place: place, configuration, control)
    }
    shareChannels()
  }

  /// Changes the configuration of a receiver. It pauses only if more than its name changes; its counters
  /// continue.
  func change(_ id: StreamID, to configuration: ReceiverConfiguration) throws(StreamChangeError) {
    let handle = try slots.handle(of: id)
    try slots.check(configuration, insteadOf: id)
    var old = handle.configuration
    handle.configuration = configuration
    old.name = configuration.name
    if old != configuration {
      handle.note = nil
      handle.refusal = nil
      handle.found = nil
      handle.stop(then: handle.rest)
    }
    shareChannels()
  }

  mutating func remove(_ id: StreamID) throws(StreamChangeError) {
    try slots.remove(id)
    shareChannels()
  }

  /// Makes receivers of the layout yield the device channels of all others, also of disabled ones, whose
  /// channels are silent on purpose.
  private func shareChannels() {
    let all = slots.all.filter {
      $0.lifecycle != .resting(.removed) && $0.lifecycle != .stopping(then: .removed)
    }
    let others = all.filter { !$0.configuration.yields }
    for handle in all {
      let shared = others.map { other in
        (
          name: other.configuration.name,
          channels: handle.configuration.yields
            ? handle.configuration.sharedChannels(with: other.configuration) : []
        )
      }
      handle.leave(shared.filter { !$0.channels.isEmpty })
    }
  }

  mutating func finishStops(_ places: [Int]) { slots.finishStops(places) }

  /// Sets the result of a receiver's subscription. It pauses only if the stream differs.
  func follow(
    _ id: StreamID, _ receiver: ReceiverConfiguration, _ outcome: SubscriptionOutcome
  ) {
    // A result for a receiver that was changed meanwhile has its former channels; the next one follows soon.
    guard let handle = slots.find(id), handle.configuration.subscription != nil,
      handle.configuration == receiver
    else { return }
    handle.refusal = nil
    switch outcome {
    case .receive(let found, let note):
      handle.note = note
      let isOther = handle.found != found
      handle.found = found
      if isOther { handle.restart("starting") }
    case .wait(let reason): handle.suspend(reason)
    case .notReceivable(let reason):
      handle.refusal = reason
      handle.suspend(reason)
    }
  }

  /// The receivers with a subscription, and the packets that each has counted.
  var subscribers: [(id: StreamID, configuration: ReceiverConfiguration, packets: UInt64)] {
    slots.all.compactMap { handle in
      guard handle.configuration.subscription != nil else { return nil }
      return unsafe (handle.id, handle.configuration, handle.counters.pointee.inTime.count)
    }
  }

  // MARK: The network

  /// Opens the receivers that wait. Returns log lines for failures.
  func open(on interface: NetworkInterface) -> [String] {
    var lines: [String] = []
    for handle in slots.all {
      guard let before = handle.lifecycle.waitingReason, let stream = handle.stream else {
        continue
      }
      do throws(SystemError) {
        let number = slots.all.groupNumber(for: handle)
        try handle.open(stream, on: interface, groupNumber: number)
      } catch {
        let reason = error.explained(stream)
        if reason != before { lines.append("receiver \(stream.name): \(reason)") }
        handle.lifecycle = .waiting(reason)
      }
    }
    return lines
  }

  /// Adapts to a change of the network; `addresses` are all of this host. Receivers on a network that is back
  /// join their groups again; those that cannot receive any more are stopped.
  func follow(_ change: NetworkPath.Change, _ path: NetworkPath, addresses: [IPv4Address]) {
    for handle in slots.running {
      switch change {
      case .none, .lost: break
      case .left: handle.restart(path.problem)
      case .moved: handle.restart("the network interface has changed")
      case .returned, .readdressed: handle.returnToNetwork()
      }
      let address = handle.effective.address
      if !address.isMulticast, !address.isLoopback, !addresses.contains(address) {
        handle.restart("this host does not have that address")
      }
    }
  }

  /// Joins the groups of receivers again after a long silence.
  func advance(to now: MonotonicInstant) {
    for handle in slots.running { handle.advance(to: now) }
  }

  /// Stops all receivers.
  func close() {
    for handle in slots.running { handle.stop(then: .waiting(reason: "the daemon is stopping")) }
  }

  /// The greatest link offset in force, in frames; 0 without receivers.
  var maximumLinkOffset: Int64 {
    slots.all.filter { $0.lifecycle != .resting(.disabled) }.map(\.linkOffset).max() ?? 0
  }
}
