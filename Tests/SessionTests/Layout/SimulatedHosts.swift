// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import SeededRandom
import Session

/// Hosts on one network with automatic numbers. Each claim reaches every other host or is lost, and time
/// advances from event to event.
struct SimulatedHosts {
  struct Host {
    var numbering: LayoutNumbering
    var isOn = false
    /// The number by which the host sends, set only by the actions of its numbering.
    var number: UInt8?
    var kept: UInt8?
    /// The time at which the host took its number, and how often it released one.
    var tookAt: Int64?
    var moves = 0
  }

  struct Delivery {
    var at: Int64
    var to: Int
    var claim: LayoutClaim
  }

  private(set) var now: Int64 = 0
  private(set) var hosts: [Host] = []
  /// The fraction of claims that are lost, 0 to 1.
  var loss: Double
  /// True while the first and the second half of the hosts do not receive each other's claims.
  var isParted = false
  private var random: SeededGenerator
  private var deliveries: [Delivery] = []
  private(set) var sent = 0
  /// The longest time in milliseconds for which two hosts sent with the same number.
  private(set) var longestConflict: Int64 = 0
  private var conflictSince: Int64?

  init(_ count: Int, seed: UInt64, loss: Double = 0, fixed: [Int: UInt8] = [:]) {
    self.loss = loss
    random = SeededGenerator(seed: seed)
    for index in 0..<count { hosts.append(Self.host(index, fixed[index], seed)) }
  }

  private static func host(_ index: Int, _ fixed: UInt8?, _ seed: UInt64) -> Host {
    // The order of addresses is not the order of the list.
    let last = UInt32((index * 7 + 3) % 23 + 1)
    let claimant = LayoutClaim.Claimant(
      address: IPv4Address(bits: 0x0A43_0000 | last), installation: UInt64(index) + 1)
    return Host(
      numbering: LayoutNumbering(
        base: IPv4Address(bits: 0xEF45_0000), claimant: claimant, fixed: fixed,
        seed: seed &+ UInt64(index)))
  }

  func address(_ index: Int) -> IPv4Address {
    IPv4Address(bits: 0x0A43_0000 | UInt32((index * 7 + 3) % 23 + 1))
  }

  var numbers: [UInt8?] { hosts.map(\.number) }
  var time: MonotonicInstant { MonotonicInstant(nanoseconds: now * 1_000_000) }

  // MARK: Events

  mutating func start(_ index: Int) {
    hosts[index].isOn = true
    hosts[index].numbering.begin(kept: hosts[index].kept, from: address(index), at: time)
    act(index)
  }

  /// Stops the daemon of a host, which keeps its saved number.
  mutating func stop(_ index: Int, fixed: UInt8? = nil) {
    let kept = hosts[index].kept
    hosts[index] = Self.host(index, fixed, random.next())
    hosts[index].kept = kept
    hosts[index].isOn = false
  }

  mutating func notice(_ index: Int, use number: UInt8, by occupant: IPv4Address) {
    hosts[index].numbering.noticed(use: number, by: occupant, at: time)
    act(index)
  }

  /// Advances the time from event to event, or by single milliseconds with a call of `each` in every one.
  mutating func run(_ milliseconds: Int64, each: ((inout SimulatedHosts) -> Void)? = nil) {
    let end = now + milliseconds
    while now < end {
      now = each == nil ? min(end, max(now + 1, nextEvent)) : now + 1
      each?(&self)
      let due = deliveries.filter { $0.at <= now }
      deliveries.removeAll { $0.at <= now }
      for delivery in due where hosts[delivery.to].isOn {
        hosts[delivery.to].numbering.heard(delivery.claim, at: time)
        act(delivery.to)
      }
      for index in hosts.indices where hosts[index].isOn {
        guard let deadline = hosts[index].numbering.deadline, deadline <= time else { continue }
        hosts[index].numbering.advance(to: time)
        act(index)
      }
      watchConflicts()
    }
  }

  /// The time of the next event in milliseconds, rounded up.
  private var nextEvent: Int64 {
    let deadlines = hosts.filter(\.isOn).compactMap(\.numbering.deadline)
      .map { ($0.nanoseconds + 999_999) / 1_000_000 }
    return (deadlines + deliveries.map(\.at)).min() ?? .max
  }

  private mutating func act(_ index: Int) {
    while let action = hosts[index].numbering.nextAction() {
      switch action {
      case .send(let claim): send(claim, from: index)
      case .take(let number):
        hosts[index].number = number
        hosts[index].kept = number
        hosts[index].tookAt = now
      case .release:
        hosts[index].number = nil
        hosts[index].moves += 1
      }
    }
  }

  private mutating func send(_ claim: LayoutClaim, from sender: Int) {
    sent += 1
    // Writes and reads the claim, as on the network.
    guard let read = LayoutClaim(claim.bytes), read == claim else { return }
    for index in hosts.indices where index != sender && random.fraction() >= loss {
      if isParted, (index < hosts.count / 2) != (sender < hosts.count / 2) { continue }
      let delay = Int64(random.fraction() * 3) + 1
      deliveries.append(Delivery(at: now + delay, to: index, claim: read))
    }
  }

  private mutating func watchConflicts() {
    let used = hosts.filter(\.isOn).compactMap(\.number)
    guard Set(used).count != used.count else {
      conflictSince = nil
      return
    }
    if conflictSince == nil { conflictSince = now }
    longestConflict = max(longestConflict, now - (conflictSince ?? now) + 1)
  }
}
