// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Session
import Testing

/// Automatic numbering of hosts (trial F7): no number is used twice, and the lowest numbers are used.
@Suite struct LayoutNumberingTests {
  static let seeds: [UInt64] = [1, 2, 3, 5, 8, 13, 21, 34]

  private func lowest(_ count: Int) -> Set<UInt8?> { Set((1...count).map { UInt8($0) }) }

  @Test func theFirstHostHasNumberOneAfterASecond() {
    var hosts = SimulatedHosts(1, seed: 1)
    hosts.start(0)
    hosts.run(999)
    #expect(hosts.numbers == [nil])
    hosts.run(2)
    #expect(hosts.numbers == [1])
  }

  @Test(arguments: [2, 3, 10], seeds) func hostsThatStartOneAfterTheOther(count: Int, seed: UInt64)
  {
    var hosts = SimulatedHosts(count, seed: seed)
    for index in 0..<count {
      hosts.start(index)
      hosts.run(1_300)
    }
    #expect(hosts.numbers == (1...count).map { UInt8($0) })
    #expect(hosts.longestConflict == 0)
    #expect(hosts.hosts.allSatisfy { $0.moves == 0 })
  }

  @Test(arguments: [2, 3, 10], seeds) func hostsThatStartAtOnce(count: Int, seed: UInt64) {
    var hosts = SimulatedHosts(count, seed: seed)
    for index in 0..<count { hosts.start(index) }
    hosts.run(6_000)
    #expect(Set(hosts.numbers) == lowest(count))
    #expect(hosts.longestConflict == 0)
  }

  /// The hosts start within a second of each other, so that one listens while another begins to send.
  @Test(arguments: [2, 3, 10], seeds) func hostsThatStartShortlyAfterEachOther(
    count: Int, seed: UInt64
  ) {
    var hosts = SimulatedHosts(count, seed: seed)
    for index in 0..<count {
      hosts.start(index)
      hosts.run(Int64(seed * 37 % 211) + Int64(index) * 3)
    }
    hosts.run(6_000)
    #expect(Set(hosts.numbers) == lowest(count))
    #expect(hosts.longestConflict == 0)
  }

  @Test(arguments: [2, 3, 10], seeds) func hostsThatStartAtOnceWithALossOfAThird(
    count: Int, seed: UInt64
  ) {
    var hosts = SimulatedHosts(count, seed: seed, loss: 0.33)
    for index in 0..<count { hosts.start(index) }
    hosts.run(60_000)
    let numbers = hosts.numbers.compactMap(\.self)
    #expect(numbers.count == count && Set(numbers).count == count)
    #expect(hosts.longestConflict <= 12_000, "the next claims end a conflict")
    // The numbers do not change afterwards.
    hosts.run(120_000)
    #expect(hosts.numbers.compactMap(\.self) == numbers)
  }

  @Test(arguments: [2, 3, 10], seeds) func hostsThatRestartAtOnceKeepTheirNumbers(
    count: Int, seed: UInt64
  ) {
    var hosts = SimulatedHosts(count, seed: seed)
    for index in 0..<count { hosts.start(index) }
    hosts.run(6_000)
    let before = hosts.numbers
    for index in 0..<count { hosts.stop(index) }
    hosts.run(1_000)
    for index in 0..<count { hosts.start(index) }
    hosts.run(260)
    #expect(hosts.numbers == before, "a saved number is confirmed in a quarter of a second")
    hosts.run(60_000)
    #expect(hosts.numbers == before && hosts.longestConflict == 0)
  }

  @Test func aReturningHostYieldsItsNumberToTheNewOwner() {
    var hosts = SimulatedHosts(3, seed: 4)
    hosts.start(0)
    hosts.run(2_000)
    hosts.stop(0)
    hosts.run(60_000)
    hosts.start(1)
    hosts.run(2_000)
    #expect(hosts.hosts[1].number == 1)
    hosts.start(0)
    hosts.run(2_000)
    #expect(hosts.hosts[1].number == 1 && hosts.hosts[1].moves == 0)
    #expect(hosts.hosts[0].number == 2 && hosts.longestConflict == 0)
  }

  /// Two installations from one disk image have saved the same number.
  @Test(arguments: seeds) func copiesOfOneInstallation(seed: UInt64) {
    var copies = SimulatedHosts(2, seed: seed)
    copies.start(0)
    copies.run(2_000)
    copies.stop(0)
    copies.run(1_000)
    copies.start(1)
    copies.run(2_000)
    copies.stop(1)
    #expect(copies.hosts.map(\.kept) == [1, 1])
    copies.run(1_000)
    copies.start(0)
    copies.start(1)
    copies.run(3_000)
    #expect(Set(copies.numbers) == [1, 2] && copies.longestConflict == 0)
  }

  /// Two parts of a network, each with the same numbers, are joined. One of each two hosts with the same
  /// number moves.
  @Test(arguments: [2, 10], seeds) func partsOfANetworkThatAreJoined(count: Int, seed: UInt64) {
    var hosts = SimulatedHosts(count, seed: seed)
    hosts.isParted = true
    for index in 0..<count { hosts.start(index) }
    hosts.run(6_000)
    #expect(Set(hosts.numbers).count == count / 2)
    hosts.isParted = false
    hosts.run(15_000)
    #expect(Set(hosts.numbers.compactMap(\.self)).count == count)
    let moves = hosts.hosts.map(\.moves).reduce(0, +)
    #expect(moves == count / 2, "only one of each two hosts moves")
  }

  @Test func aFixedNumberNeverMoves() {
    // The host at index 1 has the higher address.
    for fixedIndex in [0, 1] {
      var hosts = SimulatedHosts(2, seed: 1, fixed: [fixedIndex: 1])
      hosts.start(1 - fixedIndex)
      hosts.run(2_000)
      #expect(hosts.hosts[1 - fixedIndex].number == 1)
      hosts.start(fixedIndex)
      #expect(hosts.hosts[fixedIndex].number == 1, "a fixed number is used at once")
      hosts.run(3_000)
      #expect(hosts.hosts[fixedIndex].number == 1 && hosts.hosts[fixedIndex].moves == 0)
      #expect(hosts.hosts[1 - fixedIndex].number == 2)
      #expect(hosts.longestConflict < 10)
    }
  }

  @Test func aDeviceThatKnowsNoClaimsKeepsItsGroups() {
    let device = IPv4Address(bits: 0x0A43_00C8)
    var hosts = SimulatedHosts(1, seed: 1)
    hosts.start(0)
    hosts.run(500)
    hosts.notice(0, use: 1, by: device)
    hosts.run(1_100)
    #expect(hosts.numbers == [2], "the device used number 1 first")
    // The device uses number 2 as well. A single packet does not move the host; repeated packets do.
    hosts.notice(0, use: 2, by: device)
    hosts.run(4_000)
    #expect(hosts.numbers == [2])
    hosts.run(2_700) { hosts in if hosts.now % 200 == 0 { hosts.notice(0, use: 2, by: device) } }
    #expect(hosts.numbers == [3])
  }

  /// Between two hosts that send claims, the claims decide, and not the packets of their streams.
  @Test(arguments: seeds) func claimsDecideInsteadOfPackets(seed: UInt64) {
    var hosts = SimulatedHosts(2, seed: seed)
    hosts.isParted = true
    hosts.start(0)
    hosts.start(1)
    hosts.run(2_000)
    #expect(hosts.numbers == [1, 1])
    hosts.isParted = false
    hosts.run(3_000) { hosts in
      guard hosts.now % 200 == 0, hosts.numbers == [1, 1] else { return }
      hosts.notice(0, use: 1, by: hosts.address(1))
      hosts.notice(1, use: 1, by: hosts.address(0))
    }
    #expect(Set(hosts.numbers) == [1, 2])
    #expect(hosts.hosts.map(\.moves).reduce(0, +) == 1)
    #expect(hosts.longestConflict < 2_300)
  }

  @Test func returningToTheNetworkDoesNotEndStreams() {
    var hosts = SimulatedHosts(2, seed: 9)
    hosts.start(0)
    hosts.run(2_000)
    hosts.start(1)
    hosts.run(2_000)
    hosts.start(0)
    hosts.run(2_000)
    #expect(hosts.numbers == [1, 2] && hosts.hosts.map(\.moves) == [0, 0])
  }

  @Test func tenHostsSendFewClaims() {
    var hosts = SimulatedHosts(10, seed: 1)
    for index in 0..<10 { hosts.start(index) }
    hosts.run(10_000)
    let before = hosts.sent
    hosts.run(100_000)
    #expect((90...110).contains(hosts.sent - before), "each claims once in ten seconds")
  }

  @Test func excludedNumbersAreNotChosen() {
    let claimant = LayoutClaim.Claimant(address: IPv4Address(bits: 0x0A00_0001), installation: 1)
    var numbering = LayoutNumbering(
      base: IPv4Address(bits: 0xEF45_0000), claimant: claimant, excluding: [1], seed: 1)
    numbering.begin(
      kept: 1, from: claimant.address, at: MonotonicInstant(nanoseconds: 0))
    #expect(numbering.candidate == 2)
  }
}
