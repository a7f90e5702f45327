// SPDX-License-Identifier: MIT

/// The values of a clock that an election compares (9.3.4, table 12): from one Announce, or this clock's own.
public struct Rank: Hashable, Sendable, BitwiseCopyable {
  public var priority1: UInt8
  public var quality: ClockQuality
  public var priority2: UInt8
  public var grandmaster: ClockIdentity
  public var stepsRemoved: UInt16
  /// The port that sent the Announce.
  public var sender: PortIdentity
  /// The port that received it.
  public var receiver: PortIdentity

  /// This clock's own values (D0).
  public init(_ own: DefaultDataSet) {
    priority1 = own.priority1
    quality = own.clockQuality
    priority2 = own.priority2
    grandmaster = own.clockIdentity
    stepsRemoved = 0
    sender = PortIdentity(clockIdentity: own.clockIdentity, portNumber: 0)
    receiver = sender
  }

  public init(_ announce: Announce, from sender: PortIdentity, at receiver: PortIdentity) {
    priority1 = announce.grandmasterPriority1
    quality = announce.grandmasterClockQuality
    priority2 = announce.grandmasterPriority2
    grandmaster = announce.grandmasterIdentity
    stepsRemoved = announce.stepsRemoved
    self.sender = sender
    self.receiver = receiver
  }
}

/// The result of comparing two ranks.
public enum Comparison: Sendable {
  case better
  case betterByTopology
  case same
  case worseByTopology
  case worse

  /// Returns true if the first of the two wins.
  public var isBetter: Bool { self == .better || self == .betterByTopology }
}

extension Rank {
  /// The data set comparison algorithm (9.3.4, figures 27 and 28; BMC-01, BMC-02).
  public func compared(to other: Rank) -> Comparison {
    guard grandmaster == other.grandmaster else {
      let ours = (priority1, quality.clockClass, quality.clockAccuracy)
      let theirs = (other.priority1, other.quality.clockClass, other.quality.clockAccuracy)
      if ours != theirs { return ours < theirs ? .better : .worse }
      let rest = (quality.offsetScaledLogVariance, priority2, grandmaster)
      let otherRest = (other.quality.offsetScaledLogVariance, other.priority2, other.grandmaster)
      return rest < otherRest ? .better : .worse
    }
    return comparedByTopology(to: other)
  }

  /// Compares two paths to the same grandmaster: the shorter one wins, then the lower identity.
  private func comparedByTopology(to other: Rank) -> Comparison {
    let distance = Int(stepsRemoved) - Int(other.stepsRemoved)
    if distance > 1 { return .worse }
    if distance < -1 { return .better }
    if distance == 1 {
      // Longer by one: worse, but only by topology if it may have come through others.
      if receiver == sender { return .same }
      return receiver < sender ? .worse : .worseByTopology
    }
    if distance == -1 {
      if other.receiver == other.sender { return .same }
      return other.receiver < other.sender ? .better : .betterByTopology
    }
    if sender != other.sender {
      return sender < other.sender ? .betterByTopology : .worseByTopology
    }
    if receiver.portNumber == other.receiver.portNumber { return .same }
    return receiver.portNumber < other.receiver.portNumber ? .betterByTopology : .worseByTopology
  }
}
