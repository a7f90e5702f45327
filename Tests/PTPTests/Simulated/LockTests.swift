// SPDX-License-Identifier: MIT
import MediaClock
import PTP
import Simulation
import Testing

/// Two nodes: a master, and a slave with another oscillator and another epoch.
@Suite struct LockTests {
  private static let veth = TimestampNoise(gaussian: 600)

  private static func pair(
    _ profile: Profile = .st2059, ppm: Double = 30, noise: TimestampNoise = veth,
    link: Link = Link(), announceReceiptTimeout: Int = 3, seed: UInt64 = 1
  ) throws -> World {
    World(
      nodes: [
        try Hosts.node(1, profile, .master, noise: noise),
        try Hosts.node(
          2, profile, oscillator: Oscillator(ppm: ppm, seed: 5), noise: noise,
          shows: PTPInstant(nanoseconds: 5_000_000_000)
        ) { $0.announceReceiptTimeout = announceReceiptTimeout },
      ], link: link, seed: seed)
  }

  /// Seconds from the choice of the master to the lock.
  private static func lockTime(_ node: Node, after time: Int64 = 0) -> Double? {
    guard let chosen = node.first(after: time, where: { $0 == .state(.uncalibrated) }),
      let locked = node.first(after: chosen, where: { $0 == .locked })
    else { return nil }
    return Double(locked - chosen) / 1e9
  }

  @Test(arguments: [Profile.aes67, .r16, .st2059])
  func locksWithinFiveSecondsOfChoosing(profile: Profile) throws {
    var world = try Self.pair(profile)
    world.run(seconds: 60)
    #expect(world.nodes[0].state == .master)
    #expect(world.nodes[1].state == .slave)
    #expect(try #require(Self.lockTime(world.nodes[1])) <= 5)
    #expect(abs(world.difference(1, 0)) < 2_000)
    #expect(world.nodes[1].clock.servo.rebases == 1)
  }

  @Test func locksWithinTwelveSecondsOfAColdStart() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      var world = try Self.pair(.aes67, seed: seed)
      world.nodes[1].isConnected = false
      world.run(seconds: 20 + Double(seed) * 0.37)
      // The slave is started again while the master is running.
      world.nodes[1] = try Hosts.node(
        2, .aes67, .slave, oscillator: world.nodes[1].oscillator, noise: Self.veth)
      let start = world.time
      world.nodes[1].clock.link(isUp: true, at: world.nodes[1].oscillator.local(at: start))
      #expect(try #require(world.run(atMost: 30) { $0.nodes[1].state == .slave }) <= 12)
    }
  }

  @Test(arguments: [-100.0, 100]) func tracksAHundredPartsPerMillion(ppm: Double) throws {
    var world = try Self.pair(ppm: ppm)
    world.run(seconds: 60)
    for _ in 0..<60 {
      world.run(seconds: 1)
      #expect(abs(world.difference(1, 0)) < 5_000)
    }
    #expect(abs(world.nodes[1].clock.servo.rate + ppm * 1_000) < 100)
  }

  @Test func asymmetryGivesHalfTheDifference() throws {
    var world = try Self.pair(noise: TimestampNoise())
    world.links = [
      [0, 1]: Link(delay: .microseconds(40)), [1, 0]: Link(delay: .microseconds(20)),
    ]
    world.run(seconds: 60)
    #expect(world.nodes[1].state == .slave)
    #expect(abs(world.difference(1, 0) + 10_000) < 1_500)
    #expect(abs((world.nodes[1].clock.servo.meanPathDelay ?? 0) - 30_000) < 1_500)
  }

  @Test func survivesALossyReorderingNetwork() throws {
    let link = Link(
      delay: .microseconds(20), jitter: 2_000, loss: 0.1, duplication: 0.1, reordering: 0.1)
    // With the default timeout, three lost Announces in a row would mean a lost master.
    var world = try Self.pair(link: link, announceReceiptTimeout: 10)
    world.run(seconds: 60)
    #expect(world.nodes[1].clock.servo.isLocked)
    for _ in 0..<120 {
      world.run(seconds: 1)
      #expect(abs(world.difference(1, 0)) < 10_000)
    }
    #expect(!world.nodes[1].events.contains { $0.event == .unlocked })
    #expect(world.nodes[1].clock.servo.rebases == 1)
  }

  @Test func survivesTenPercentOfOutliers() throws {
    var world = try Self.pair(
      noise: TimestampNoise(gaussian: 600, outlierProbability: 0.05, outlier: 1e6))
    world.run(seconds: 60)
    for _ in 0..<60 {
      world.run(seconds: 1)
      #expect(abs(world.difference(1, 0)) < 5_000)
    }
    #expect(world.nodes[1].clock.servo.outliers > 50)
    #expect(world.nodes[1].state == .slave)
  }

  @Test func oneStepMastersAreFollowed() throws {
    var world = try Self.pair()
    world.nodes[0].isOneStep = true
    world.run(seconds: 30)
    #expect(world.nodes[1].state == .slave)
    #expect(abs(world.difference(1, 0)) < 2_000)
  }

  @Test func aMasterWithoutStampsIsFollowedLessWell() throws {
    var world = try Self.pair()
    world.nodes[0].stampsSent = false
    world.run(seconds: 60)
    #expect(world.nodes[0].clock.stampsBeforeSending)
    #expect(world.nodes[1].state == .slave)
    // The simulation takes 20 us from the stamp to the network, half of which is taken for path delay.
    #expect(abs(world.difference(1, 0)) < 25_000)
  }

  @Test func aNewEpochIsOneRebase() throws {
    var world = try Self.pair()
    world.run(seconds: 30)
    world.nodes[0].epochShift = .seconds(37)
    world.run(seconds: 30)
    #expect(world.nodes[1].clock.servo.rebases == 2)
    let frames: Int64 = 37 * 48_000
    let rebase = Rebase(frames: frames, cause: .epoch)
    #expect(world.nodes[1].events.contains { $0.event == .rebased(rebase) })
    #expect(world.nodes[1].clock.servo.lastRebase == rebase)
    #expect(world.nodes[1].state == .slave)
    #expect(abs(world.difference(1, 0)) < 2_000)
  }

  @Test(arguments: [false, true]) func aStallHasNoEffect(stampsLate: Bool) throws {
    var world = try Self.pair()
    world.nodes[1].stampsLate = stampsLate
    world.run(seconds: 60)
    let before = world.nodes[1].events.count
    for _ in 0..<50 {
      world.nodes[1].stalledUntil = world.time + 25_000_000
      world.run(seconds: 0.7)
    }
    #expect(world.nodes[1].events.count == before)
    #expect(abs(world.difference(1, 0)) < 2_000)
  }

  @Test func holdoverIsBetterThanAPartPerMillion() throws {
    var world = try Self.pair(.aes67, ppm: 50)
    world.nodes[1] = try Hosts.node(
      2, .aes67, .slave, oscillator: Oscillator(ppm: 50), noise: Self.veth)
    world.nodes[1].clock.link(isUp: true, at: world.nodes[1].oscillator.local(at: 0))
    world.run(seconds: 120)
    world.nodes[0].isConnected = false
    world.run(seconds: 2)
    #expect(world.nodes[1].published.state == .holdover)
    let before = world.difference(1, 0)
    world.run(seconds: 60)
    #expect(abs(world.difference(1, 0) - before) < 60_000)
    #expect(world.nodes[1].state == .listening)
    #expect(world.nodes[1].published.state == .holdover)
  }

  @Test func delayRequestsAreSpread() throws {
    var world = try Self.pair(.aes67)
    world.nodes[1].keepsSent = true
    world.run(seconds: 600)
    let times = world.nodes[1].sent.filter { $0.message.body.messageType == .delayReq }.map(\.time)
    let gaps = zip(times, times.dropFirst()).map { Double($1 - $0) / 1e9 }
    #expect(abs(gaps.reduce(0, +) / Double(gaps.count) - 1) < 0.1)
    #expect((gaps.min() ?? 1) < 0.05)
    #expect((gaps.max() ?? 3) < 2)
    #expect(gaps.filter { $0 < 0.5 }.count > gaps.count / 5)
  }
}
