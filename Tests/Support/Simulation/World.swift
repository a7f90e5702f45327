// SPDX-License-Identifier: MIT
public import MediaClock
internal import PTP
internal import SeededRandom

/// A deterministic network of ordinary clocks. Its time is true time, in nanoseconds from 0; the same
/// seed gives the same history.
public struct World: Sendable {
  public private(set) var time: Int64 = 0
  public var nodes: [Node]
  /// The link between all nodes, unless ``links`` has one for the pair [from, to].
  public var link: Link
  public var links: [[Int]: Link] = [:]
  private var generator: SeededGenerator
  private var deliveries: [Delivery] = []
  private var order: UInt64 = 0

  private struct Delivery: Sendable {
    var time: Int64
    /// The true time of the arrival.
    var stamped: Int64
    var order: UInt64
    var to: Int
    var from: Int
    var bytes: [UInt8]
    var isEvent: Bool
  }

  /// The time from the decision to send until the message is on the network, in nanoseconds.
  private static let sendingTime: Int64 = 20_000

  public init(nodes: [Node], link: Link = Link(), seed: UInt64) {
    self.nodes = nodes
    self.link = link
    generator = SeededGenerator(seed: seed)
    for index in self.nodes.indices {
      self.nodes[index].clock.link(isUp: true, at: self.nodes[index].oscillator.local(at: 0))
    }
    for index in self.nodes.indices { perform(index) }
  }

  /// Returns the published clock of a node less that of another, in nanoseconds.
  public mutating func difference(_ one: Int, _ other: Int) -> Int64 {
    shown(one).nanoseconds - shown(other).nanoseconds
  }

  /// Returns the PTP time that a node publishes now, with the epoch that it sends to others.
  public mutating func shown(_ index: Int) -> PTPInstant {
    let local = nodes[index].oscillator.local(at: time)
    return nodes[index].published.time(at: local, rate: .hz48000) + nodes[index].epochShift
  }

  /// Runs the simulation for `seconds`.
  public mutating func run(seconds: Double) {
    let end = time + Int64(seconds * 1e9)
    while let next = nextTime(), next.time <= end {
      time = max(time, next.time)
      if let index = next.delivery {
        deliver(deliveries.remove(at: index))
      } else {
        nodes[next.node].clock.advance(to: nodes[next.node].oscillator.local(at: time))
        perform(next.node)
      }
    }
    time = end
  }

  /// Runs in steps of 10 ms until `condition` is true, for at most `seconds`. Returns the seconds that this
  /// took, or nil.
  public mutating func run(
    atMost seconds: Double, until condition: (inout World) -> Bool
  ) -> Double? {
    let start = time
    while Double(time - start) < seconds * 1e9 {
      run(seconds: 0.01)
      if condition(&self) { return Double(time - start) / 1e9 }
    }
    return nil
  }

  private mutating func nextTime() -> (time: Int64, delivery: Int?, node: Int)? {
    var next: (time: Int64, delivery: Int?, node: Int)?
    if let index = deliveries.indices.min(by: {
      (deliveries[$0].time, deliveries[$0].order) < (deliveries[$1].time, deliveries[$1].order)
    }) {
      next = (deliveries[index].time, index, 0)
    }
    for index in nodes.indices {
      guard let deadline = nodes[index].clock.deadline else { continue }
      let wake = max(nodes[index].oscillator.world(at: deadline), nodes[index].stalledUntil)
      if next.map({ wake < $0.time }) ?? true { next = (wake, nil, index) }
    }
    return next
  }

  private mutating func deliver(_ delivery: Delivery) {
    let index = delivery.to
    guard nodes[index].isConnected else { return }
    if nodes[index].stalledUntil > time {
      var later = delivery
      later.time = nodes[index].stalledUntil
      deliveries.append(later)
      return
    }
    let now = nodes[index].oscillator.local(at: time)
    let moment = nodes[index].stampsLate ? time : delivery.stamped
    let error = Interval(nanoseconds: Int64(nodes[index].noise.draw(&generator)))
    let stamp = nodes[index].oscillator.local(at: moment) + error
    let arrival: Arrival = delivery.isEvent ? .event(stamp: stamp) : .general
    // Safety: bytes as bytes.
    let span = unsafe delivery.bytes.span.bytes
    nodes[index].clock.receive(
      span, from: Peer(address: UInt64(delivery.from)), arrival, at: max(now, stamp))
    perform(index)
  }

  /// Performs the actions of a node.
  private mutating func perform(_ index: Int) {
    while let action = nodes[index].clock.nextAction() {
      switch consume action {
      case .publish(let clock): nodes[index].published = clock
      case .report(let event): nodes[index].events.append((time, event))
      case .send(let datagram): send(datagram, from: index, at: time + Self.sendingTime)
      case .sendStamped(let datagram, let token):
        let left = time + Self.sendingTime
        let error = Interval(nanoseconds: Int64(nodes[index].noise.draw(&generator)))
        let now = nodes[index].oscillator.local(at: time)
        let stamp = max(nodes[index].oscillator.local(at: left) + error, now)
        nodes[index].clock.transmitted(
          token, at: nodes[index].stampsSent ? stamp : nil, now: now)
        send(datagram, from: index, at: left)
      }
    }
  }

  private mutating func send(_ datagram: Datagram, from index: Int, at left: Int64) {
    guard nodes[index].isConnected, var message = try? Message(parsing: datagram.bytes) else {
      return
    }
    if [.sync, .followUp].contains(message.body.messageType) {
      message.header.sequenceId &+= nodes[index].sequenceShift
    }
    if nodes[index].keepsSent { nodes[index].sent.append((time, message)) }
    guard let message = onTheWire(message, from: index, at: left) else { return }
    for to in nodes.indices where to != index {
      if case .generalPort(let peer) = datagram.destination, peer.address != UInt64(to) { continue }
      for delay in (links[[index, to]] ?? link).delays(&generator) {
        order += 1
        deliveries.append(
          Delivery(
            time: left + delay, stamped: left + delay, order: order, to: to, from: index,
            bytes: message.bytes, isEvent: message.body.messageType.isEvent))
      }
    }
  }

  /// Returns the message as it is on the network, after changes by the node's hardware and epoch; nil if it
  /// is not sent.
  private mutating func onTheWire(_ message: Message, from index: Int, at left: Int64) -> Message? {
    var message = message
    if nodes[index].hidesIntervals { message.header.logMessageInterval = 0x7F }
    let shift = nodes[index].epochShift
    let seconds = nodes[index].secondsShift
    func shifted(_ stamp: Timestamp) -> Timestamp {
      let stamp = stamp.instant.map { Timestamp($0 + shift) } ?? stamp
      return Timestamp(seconds: stamp.seconds &+ seconds, nanoseconds: stamp.nanoseconds)
    }
    switch message.body {
    case .sync where nodes[index].isOneStep:
      message.header.flags.remove(.twoStep)
      let local = nodes[index].oscillator.local(at: left)
      let now = Timestamp(nodes[index].published.time(at: local, rate: .hz48000))
      message.body = .sync(Sync(originTimestamp: shifted(now)))
    case .sync(let sync) where !message.header.flags.contains(.twoStep):
      message.body = .sync(Sync(originTimestamp: shifted(sync.originTimestamp)))
    case .followUp(let followUp):
      if nodes[index].isOneStep { return nil }
      message.body = .followUp(
        FollowUp(preciseOriginTimestamp: shifted(followUp.preciseOriginTimestamp)))
    case .delayResp(var response):
      response.receiveTimestamp = shifted(response.receiveTimestamp)
      message.body = .delayResp(response)
    default: break
    }
    return message
  }
}
