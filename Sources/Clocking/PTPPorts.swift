// SPDX-License-Identifier: MIT
internal import Addressing
internal import LinuxIO
internal import MediaClock
internal import PTP

/// The two sockets of the ordinary clock, on one interface, and the stamps of what leaves through them.
///
/// The kernel numbers the stamps by the sends of the event socket, and a send that failed may have
/// taken a number or not (TS-04). So whenever a send fails or its stamp does not come, both sides
/// start counting anew: one lost stamp can never become a wrong one, nor the loss of all.
struct PTPPorts: ~Copyable {
  /// The maximum time for the timestamp of a sent message (GM-02).
  private static let stampTimeout = Interval.milliseconds(10)

  let interface: NetworkInterface
  private(set) var stamps: StampSource
  private let event: PTPSocket
  private let general: PTPSocket
  /// The kernel's number for the timestamp of the next send through the event socket.
  private var nextNumber: UInt32 = 0
  /// Messages that the kernel refused to send.
  private(set) var refusedSends: UInt64 = 0

  init(
    on interface: NetworkInterface, dscp: UInt8, stamps: StampSource
  ) throws(SystemError) {
    // Both are made before either is stored, because half of a noncopyable value cannot be discarded.
    let events = try PTPSocket(
      interface: interface, port: PTPSocket.eventPort, dscp: dscp, stamps: true,
      hardware: stamps.hardware)
    let others = try PTPSocket(
      interface: interface, port: PTPSocket.generalPort, dscp: dscp, stamps: false)
    self.interface = interface
    self.stamps = stamps
    event = events
    general = others
  }

  /// Joins the groups again, because a switch may have forgotten the memberships (NET-09).
  func rejoin() {
    // The loss of the interface is detected elsewhere.
    event.leave()
    general.leave()
    try? event.join()
    try? general.join()
  }

  /// The descriptors, readable when there is a message or a timestamp.
  var descriptors: (Int32, Int32) { (event.file.number, general.file.number) }

  mutating func send(_ datagram: Datagram) {
    let bytes = unsafe datagram.bytes.span.bytes
    do throws(SystemError) {
      switch datagram.destination {
      case .eventGroup:
        nextNumber &+= 1
        try event.send(bytes, to: PTPSocket.group, port: PTPSocket.eventPort)
      case .generalGroup:
        try general.send(bytes, to: PTPSocket.group, port: PTPSocket.generalPort)
      case .generalPort(let peer), .back(let peer):
        let address = IPv4Address(bits: UInt32(truncatingIfNeeded: peer.address))
        try general.send(bytes, to: address, port: PTPSocket.generalPort)
      }
    } catch {
      // Links go down and firewalls close: the clock tolerates lost messages.
      refusedSends += 1
      if datagram.destination == .eventGroup { restartStamps() }
    }
  }

  enum Outcome {
    case refused
    /// It was sent, with its timestamp, or nil if there was none in time.
    case sent(at: MonotonicInstant?)
    /// The same, and timestamps better than those of ``StampSource/nextWorse`` are not to be expected.
    case stampless
  }

  /// Sends an event message and waits for its timestamp; the one of last resort is the middle of the sending
  /// call (TS-09).
  mutating func sendStamped(_ datagram: Datagram) -> Outcome {
    let (number, refused) = (nextNumber, refusedSends)
    let before = MonotonicClock.now
    send(datagram)
    guard refusedSends == refused else { return .refused }
    if stamps.kind == .userSpace {
      let length = MonotonicClock.now - before
      discardStamps()
      return .sent(at: before + Interval(nanoseconds: length.nanoseconds / 2))
    }
    let deadline = MonotonicClock.now + Self.stampTimeout
    while MonotonicClock.now < deadline {
      while let departure = try? event.departure() {
        if departure.number == number {
          _ = stamps.note(hasStamp: true)
          return .sent(at: departure.at)
        }
      }
      MonotonicClock.sleep(until: MonotonicClock.now + .microseconds(50))
    }
    restartStamps()
    return stamps.note(hasStamp: false) ? .stampless : .sent(at: nil)
  }

  private mutating func restartStamps() {
    event.restartStamps()
    nextNumber = 0
    discardStamps()
  }

  /// Discards timestamps that came too late, which would keep the thread awake (TS-03).
  func discardStamps() {
    // Bounded by what the error queue holds.
    for _ in 0..<1_024 {
      guard (try? event.departure()) != nil else { return }
    }
  }

  /// The next message from the socket of `arrival`; nil if there is none.
  func receive(_ arrival: Arrival, into memory: inout [UInt8]) -> PTPSocket.Received? {
    var span = memory.mutableSpan
    var bytes = unsafe span.mutableBytes
    if case .event = arrival { return try? event.receive(into: &bytes) }
    return try? general.receive(into: &bytes)
  }
}
