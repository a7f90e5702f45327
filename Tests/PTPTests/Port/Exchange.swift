// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP

/// An ordinary clock, whose messages and time the test provides.
struct Exchange {
  var clock: OrdinaryClock
  var now = MonotonicInstant(nanoseconds: 1_000_000_000)
  /// The messages that the clock has sent, with their destinations.
  var sent: [(message: Message, destination: Datagram.Destination)] = []
  var events: [Event] = []
  var published: DeviceClock?
  /// The departure of each Delay_Req, by its sequenceId.
  var delayRequests: [UInt16: MonotonicInstant] = [:]
  /// The time from ``now`` to the stamp of a sent event message; nil for no stamp.
  var stampDelay: Interval? = .microseconds(20)
  /// True if the kernel refuses event messages.
  var refuses = false

  static let own = ClockIdentity(0x02_0000_FFFE_0000_01)
  static let master = PortIdentity(
    clockIdentity: ClockIdentity(0x02_0000_FFFE_0000_99), portNumber: 1)

  init(_ mode: Settings.Mode = .auto, change: (inout Settings) -> Void = { _ in }) throws {
    var settings = Settings(mode: mode, clockIdentity: Self.own)
    change(&settings)
    clock = try OrdinaryClock(
      settings: settings,
      clock: .freeRunning(
        from: now, at: PTPInstant(nanoseconds: 1_795_000_000_000_000_000), rate: .hz48000), seed: 1)
    clock.link(isUp: true, at: now)
    drain()
  }

  mutating func drain() {
    while let action = clock.nextAction() {
      switch consume action {
      case .publish(let clock): published = clock
      case .report(let event): events.append(event)
      case .send(let datagram): note(datagram)
      case .sendStamped(let datagram, let token):
        if refuses {
          clock.refused(token)
        } else {
          note(datagram)
          clock.transmitted(token, at: stampDelay.map { now + $0 }, now: now)
        }
      }
    }
  }

  private mutating func note(_ datagram: Datagram) {
    guard let message = try? Message(parsing: datagram.bytes) else { return }
    sent.append((message, datagram.destination))
    if case .delayReq = message.body, let stampDelay {
      delayRequests[message.header.sequenceId] = now + stampDelay
    }
  }

  mutating func wait(seconds: Double) {
    let end = now + Interval(nanoseconds: Int64(seconds * 1e9))
    while let deadline = clock.deadline, deadline <= end {
      now = max(now, deadline)
      clock.advance(to: now)
      drain()
    }
    now = end
  }

  mutating func receive(
    _ header: Header, _ body: Message.Body, from peer: UInt64 = 7, arrival: Arrival? = nil
  ) {
    let bytes = Message(header, body).bytes
    let usual: Arrival = body.messageType.isEvent ? .event(stamp: now) : .general
    // Safety: bytes as bytes.
    clock.receive(
      unsafe bytes.span.bytes, from: Peer(address: peer), arrival ?? usual, at: now)
    drain()
  }

  static func header(
    _ sequence: UInt16, from source: PortIdentity = master, flags: Flags = [], domain: UInt8 = 0,
    log: Int8 = 0x7F
  ) -> Header {
    Header(
      domainNumber: domain, flags: flags, sourcePortIdentity: source, sequenceId: sequence,
      logMessageInterval: log)
  }

  static func announce(
    priority1: UInt8 = 100, steps: UInt16 = 0, grandmaster: ClockIdentity = master.clockIdentity,
    utcOffset: Int16 = 37
  ) -> Message.Body {
    .announce(
      Announce(
        currentUtcOffset: utcOffset, grandmasterPriority1: priority1,
        grandmasterClockQuality: ClockQuality(
          clockClass: 6, clockAccuracy: 0x21, offsetScaledLogVariance: 0x4E5D),
        grandmasterPriority2: 128, grandmasterIdentity: grandmaster, stepsRemoved: steps,
        timeSource: 0x20))
  }

  /// Makes the clock choose `source`, by two Announces two seconds apart.
  mutating func choose(log: Int8 = 1, from source: PortIdentity = master) {
    for sequence in 0...1 as ClosedRange<UInt16> {
      receive(Self.header(sequence, from: source, log: log), Self.announce())
      wait(seconds: 2)
    }
  }
}
