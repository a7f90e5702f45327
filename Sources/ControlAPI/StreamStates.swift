// SPDX-License-Identifier: MIT

/// The health of a stream, by the levels of AMWA BCP-008-01 and BCP-008-02.
public enum HealthLevel: String, Codable, CaseIterable, Sendable {
  case healthy
  /// Audio flows, but is or may be disturbed.
  case partiallyHealthy
  /// No audio flows.
  case unhealthy
  /// It is switched off.
  case inactive
}

/// The common part of sender and receiver states.
public protocol HealthState: RawRepresentable, Equatable, Sendable where RawValue == String {
  /// The level of a stream in this state, if nothing else is known.
  var level: HealthLevel { get }
  /// The state in words.
  var words: String { get }
  /// Returns true if the stream is starting or switched off, which is not a fault by itself.
  var isPhase: Bool { get }
}

/// The state of a sender.
public enum SenderState: String, Codable, CaseIterable, Sendable {
  case sending
  /// Another device sends to the same group and port.
  case addressConflict
  case noNetwork
  /// Its only receiver refuses the packets.
  case refused
  case waitingForClock
  /// It cannot send yet; `error` gives the reason.
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

  /// Returns true if its packets are sent.
  public var isSending: Bool { self == .sending || self == .addressConflict }
}

/// The state of a receiver.
public enum ReceiverState: String, Codable, CaseIterable, Sendable {
  case receiving
  /// No packets arrive.
  case silent
  /// Packets arrive too late, or too early, to be played.
  case late
  /// Packets are lost on the network.
  case lossy
  /// Packets are played as they arrive, because sender and receiver have no clock in common.
  case unsynchronised
  /// It cannot receive yet; `error` gives the reason.
  case waiting
  case noNetwork
  /// The stream cannot be played here; `error` gives the reason.
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

  /// Returns true if packets arrive and are played.
  public var isReceiving: Bool { level == .healthy || level == .partiallyHealthy }
}
