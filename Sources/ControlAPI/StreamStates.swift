// SPDX-License-Identifier: MIT

/// How well a stream is, in the four words of AMWA BCP-008-01 and BCP-008-02.
public enum HealthLevel: String, Codable, CaseIterable, Sendable {
  case healthy
  /// Sound flows, but is or may be disturbed.
  case partiallyHealthy
  /// No sound flows.
  case unhealthy
  /// It is switched off.
  case inactive
}

/// What the states of senders and receivers have in common.
public protocol HealthState: RawRepresentable, Equatable, Sendable where RawValue == String {
  /// How well a stream in this state is, unless something more is known.
  var level: HealthLevel { get }
  /// For people.
  var words: String { get }
  /// Returns true if the stream is on its way to a beginning, or switched off: no fault by itself.
  var isPhase: Bool { get }
}

/// What a sender does.
public enum SenderState: String, Codable, CaseIterable, Sendable {
  case sending
  /// Another device sends to the same group and port.
  case addressConflict
  case noNetwork
  /// Its only receiver wants no packets.
  case refused
  case waitingForClock
  /// It cannot send yet; `error` says what it waits for.
  case waiting
  case disabled
}

extension SenderState: HealthState {
  public var level: HealthLevel {
    switch self {
    case .sending: .healthy
    // Its packets leave, but receivers cannot tell them from the other device's.
    case .addressConflict, .noNetwork, .refused, .waitingForClock, .waiting: .unhealthy
    case .disabled: .inactive
    }
  }

  public var words: String {
    switch self {
    case .sending, .waiting, .disabled: rawValue
    case .addressConflict: "address conflict"
    case .noNetwork: "no network"
    case .refused: "refused by the receiver"
    case .waitingForClock: "waiting for the clock"
    }
  }

  public var isPhase: Bool { self == .waitingForClock || self == .waiting || self == .disabled }

  /// Returns true if its packets leave.
  public var isSending: Bool { self == .sending || self == .addressConflict }
}

/// What a receiver does.
public enum ReceiverState: String, Codable, CaseIterable, Sendable {
  case receiving
  /// No packets come.
  case silent
  /// Packets come too late, or too early, to be played.
  case late
  /// Packets are lost on the way.
  case lossy
  /// Packets are played as they arrive, because sender and receiver have no clock in common.
  case unsynchronised
  /// It cannot receive yet; `error` says what it waits for.
  case waiting
  case noNetwork
  /// What is sent cannot be played here; `error` says why.
  case notReceivable
  case disabled
}

extension ReceiverState: HealthState {
  public var level: HealthLevel {
    switch self {
    case .receiving: .healthy
    case .late, .lossy, .unsynchronised: .partiallyHealthy
    case .silent, .waiting, .noNetwork, .notReceivable: .unhealthy
    case .disabled: .inactive
    }
  }

  public var words: String {
    switch self {
    case .receiving, .silent, .late, .lossy, .unsynchronised, .waiting, .disabled: rawValue
    case .noNetwork: "no network"
    case .notReceivable: "not receivable"
    }
  }

  public var isPhase: Bool { self == .waiting || self == .disabled }

  /// Returns true if packets come and are played.
  public var isReceiving: Bool { level == .healthy || level == .partiallyHealthy }
}
