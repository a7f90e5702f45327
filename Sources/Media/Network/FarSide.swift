// SPDX-License-Identifier: MIT
internal import Addressing
internal import LinuxIO
internal import MediaClock

/// What the network says of a unicast stream's receiver, and what follows for the sender (SND-04).
///
/// A closed port stops the stream on the wire, and it is tried again now and then: a receiver that
/// comes back is heard within `pause`. Its sequence numbers and stamps go on meanwhile, so that to the
/// receiver this was a gap and no new stream. Where nobody answers at all the stream goes on: those
/// packets burden nobody but the first switch, and the answer may be a moment away.
///
///     sending --refused--> silent --pause over--> trying --quiet for trial--> sending
///     trying  --refused--> silent
struct FarSide: Equatable, Sendable {
  /// How long a stream that was refused keeps silent.
  static let pause = Interval.seconds(5)
  /// How long the far side must take it then without a word. Hosts answer a closed port about once a
  /// second (RFC 1812, 4.3.2.8).
  static let trial = Interval.seconds(2)
  /// How long after the last such word somebody is still said not to answer.
  static let memory = Interval.seconds(5)

  private enum State: Equatable {
    case sending
    case silent(until: MonotonicInstant)
    case trying(until: MonotonicInstant)
  }

  private var state = State.sending
  private var unreachable: (reason: String, until: MonotonicInstant)?

  /// Takes in what came from the socket's error queue.
  mutating func heard(_ problem: DeliveryProblem, at now: MonotonicInstant) {
    switch problem {
    case .refused:
      // Answers to packets that were under way when we fell silent prolong nothing.
      if case .silent = state { return }
      state = .silent(until: now + Self.pause)
    case .unreachable(let reason):
      unreachable = (reason, now + Self.memory)
    }
  }

  /// Lets time pass.
  mutating func advance(to now: MonotonicInstant) {
    if let unreachable, now >= unreachable.until { self.unreachable = nil }
    switch state {
    case .sending: break
    case .silent(let until): if now >= until { state = .trying(until: now + Self.trial) }
    case .trying(let until): if now >= until { state = .sending }
    }
  }

  /// True if packets may leave now.
  var maySend: Bool {
    if case .silent = state { false } else { true }
  }

  /// Returns true if the far side has refused the stream and has not taken it since.
  var isRefusing: Bool { state != .sending }

  /// What is wrong, for the stream's state; nil while nothing is.
  func problem(_ address: IPv4Address, _ port: UInt16) -> String? {
    if state != .sending {
      return "\(address):\(port) refuses the stream: nothing listens on that port there;"
        + " trying again every \(Self.pause.nanoseconds / 1_000_000_000) s"
    }
    return unreachable.map { "\(address) does not answer (\($0.reason)); still sending" }
  }

  static func == (left: FarSide, right: FarSide) -> Bool {
    left.state == right.state && left.unreachable?.reason == right.unreachable?.reason
      && left.unreachable?.until == right.unreachable?.until
  }
}
