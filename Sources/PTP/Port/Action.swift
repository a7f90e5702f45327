// SPDX-License-Identifier: MIT
public import MediaClock

/// The address for an answer, which has a meaning only for the owner of the sockets.
public struct Peer: Hashable, Sendable, BitwiseCopyable {
  public var address: UInt64
  public init(address: UInt64) { self.address = address }
}

/// The way in which a datagram arrived.
public enum Arrival: Hashable, Sendable, BitwiseCopyable {
  /// On port 319, with its timestamp; an event message without one is dropped (TS-10).
  case event(stamp: MonotonicInstant?)
  /// On port 320.
  case general
  /// On this host's own management socket.
  case local
}

/// A message to be sent.
public struct Datagram: Hashable, Sendable {
  public enum Destination: Hashable, Sendable, BitwiseCopyable {
    /// The multicast group, port 319.
    case eventGroup
    /// The multicast group, port 320.
    case generalGroup
    /// Port 320 of that host.
    case generalPort(of: Peer)
    /// The exact source of a request.
    case back(to: Peer)
  }

  public var bytes: [UInt8]
  public var destination: Destination
}

/// Identifies one event message that was passed out for sending, and its timestamp.
///
/// It can be used once: a Follow_Up cannot carry another Sync's time (GM-02).
public struct TransmitToken: ~Copyable, Sendable {
  enum Kind: Hashable, Sendable, BitwiseCopyable {
    case sync(sequenceId: UInt16)
    case delayReq(sequenceId: UInt16)
  }

  let kind: Kind
  /// The time at which the message was made; no correct timestamp is earlier.
  let made: MonotonicInstant
}

/// A request of an ordinary clock to its owner.
public enum Action: ~Copyable, Sendable {
  case send(Datagram)
  /// Send the datagram, and call `transmitted` with the token and the timestamp of this datagram.
  case sendStamped(Datagram, TransmitToken)
  case publish(DeviceClock)
  case report(Event)
}

/// An event for users and for other parts of the program.
public enum Event: Hashable, Sendable {
  case state(PortState)
  /// Another grandmaster, which may be this clock, and which streams announce.
  case grandmaster(ClockIdentity)
  case locked
  case unlocked
  /// A master was followed for long without a lock: the clock is used nevertheless, within so many nanoseconds.
  case inaccurate(within: Double)
  /// The media offset was stepped: streams have a gap.
  case rebased(Rebase)
  /// Timestamps of sent messages are missing: from now on they are taken before sending.
  case stampsMissing
}

/// The queue of actions, which is bounded in case nobody reads it.
struct ActionQueue: Sendable {
  enum Pending: Sendable {
    case send(Datagram)
    case sendStamped(Datagram, TransmitToken.Kind, made: MonotonicInstant)
    case report(Event)
  }

  static let capacity = 256
  private var pending: [Pending] = []
  private var clock: DeviceClock?

  mutating func append(_ action: Pending) {
    guard pending.count < Self.capacity else { return }
    pending.append(action)
  }

  /// Publishes a clock, replacing an earlier one that was not read.
  mutating func publish(_ clock: DeviceClock) { self.clock = clock }

  mutating func next() -> Action? {
    if let clock {
      self.clock = nil
      return .publish(clock)
    }
    guard !pending.isEmpty else { return nil }
    switch pending.removeFirst() {
    case .send(let datagram): return .send(datagram)
    case .sendStamped(let datagram, let kind, let made):
      return .sendStamped(datagram, TransmitToken(kind: kind, made: made))
    case .report(let event): return .report(event)
    }
  }
}
