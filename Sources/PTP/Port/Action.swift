// SPDX-License-Identifier: MIT
public import MediaClock

/// Where an answer goes back to: an address that means something to whoever owns the sockets.
public struct Peer: Hashable, Sendable, BitwiseCopyable {
  public var address: UInt64
  public init(address: UInt64) { self.address = address }
}

/// How a datagram arrived.
public enum Arrival: Hashable, Sendable, BitwiseCopyable {
  /// On port 319, with its stamp; an event message without one is dropped (TS-10).
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
    /// That host, port 320.
    case generalPort(of: Peer)
    /// Exactly where a request came from.
    case back(to: Peer)
  }

  public var bytes: [UInt8]
  public var destination: Destination
}

/// Stands for one event message that was handed out for sending, and for its stamp alone.
///
/// It can be spent once: a Follow_Up cannot carry another Sync's time (GM-02).
public struct TransmitToken: ~Copyable, Sendable {
  enum Kind: Hashable, Sendable, BitwiseCopyable {
    case sync(sequenceId: UInt16)
    case delayReq(sequenceId: UInt16)
  }

  let kind: Kind
  /// When the message was made; no true stamp is earlier.
  let made: MonotonicInstant
}

/// What an ordinary clock wants done.
public enum Action: ~Copyable, Sendable {
  case send(Datagram)
  /// Send, and call `transmitted` with the token and the stamp of this very datagram.
  case sendStamped(Datagram, TransmitToken)
  case publish(DeviceClock)
  case report(Event)
}

/// What people and other parts of the program should hear of.
public enum Event: Hashable, Sendable {
  case state(PortState)
  /// Another grandmaster, which may be this clock; streams announce it.
  case grandmaster(ClockIdentity)
  case locked
  case unlocked
  /// Long followed and not locked: the clock is used nevertheless, within so many nanoseconds.
  case inaccurate(within: Double)
  /// The media offset took a step: streams have a gap.
  case rebased(Rebase)
  /// Stamps of sent messages fail to come: from now on they are taken before sending.
  case stampsMissing
}

/// What waits to be handed out; bounded, should nobody ask.
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

  /// The latest clock is the only one of interest.
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
