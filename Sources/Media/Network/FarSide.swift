// SPDX-License-Identifier: MIT
internal import Addressing
internal import LinuxIO
internal import MediaClock

/// The reachability of a unicast stream's receiver by the network's ICMP errors, and its effect on the sender
/// (SND-04).
///
/// A closed port stops the stream on the wire, and the sender tries again from time to time: a receiver that
/// comes back is reached within `pause`. Sequence numbers and timestamps continue meanwhile, so that the
/// receiver sees a gap and not a new stream. If nobody answers at all the stream continues: its packets load
/// only the first switch, and the receiver may answer soon.
///
///     sending --refused--> silent --pause over--> trying --quiet for trial--> sending
///     trying  --refused--> silent
struct FarSide: Equatable, Sendable {
  /// The time for which a refused stream is not sent.
  static let pause = Interval.seconds(5)
  /// The time for which the receiver must accept the stream then without an error. Hosts answer a closed port
  /// about once a second (RFC 1812, 4.3.2.8).
  static let trial = Interval.seconds(2)
  /// The time after the last such error for which the receiver is reported as not answering.
  static let memory = Interval.seconds(5)

  private enum State: Equatable {
    case sending
    case silent(until: MonotonicInstant)
    case trying(until: MonotonicInstant)
  }

  private var state = State.sending
  private var unreachable: (reason: String, until: MonotonicInstant)?

  /// Takes an error from the socket's error queue.
  mutating func heard(_ problem: DeliveryProblem, at now: MonotonicInstant) {
    switch problem {
    case .refused:
      // Errors about packets that were sent before the pause do not prolong it.
      if case .silent = state { return }
      state = .silent(until: now + Self.pause)
    case .unreachable(let reason):
      unreachable = (reason, now + Self.memory)
    }
  }

  /// Updates the state for the present time.
  mutating func advance(to now: MonotonicInstant) {
    if let unreachable, now >= unreachable.until { self.unreachable = nil }
    switch state {
    case .sending: break
    case .silent(let until): if now >= until { state = .trying(until: now + Self.trial) }
    case .trying(let until): if now >= until { state = .sending }
    }
  }

  /// True if packets may be sent now.
  var maySend: Bool {
    if case .silent = state { false } else { true }
  }

  /// Returns true if the receiver has refused the stream and has not accepted it since.
  var isRefusing: Bool { state != .sending }

  /// The problem for the stream's state; nil if there is none.
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
