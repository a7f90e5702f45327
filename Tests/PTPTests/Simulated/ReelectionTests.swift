// SPDX-License-Identifier: MIT
import MediaClock
import PTP
import Simulation
import Testing

/// Elections and re-elections among two and three nodes, at the rates of ST 2059-2.
@Suite struct ReelectionTests {
  private static func world(
    _ count: Int, link: Link = Link(), change: (Int, inout Settings) -> Void = { _, _ in }
  ) throws -> World {
    World(
      nodes: try (1...count).map { number in
        try Hosts.node(
          number, oscillator: Oscillator(ppm: Double(number * 10), seed: UInt64(number)),
          noise: TimestampNoise(gaussian: 600),
          shows: Hosts.today + .milliseconds(Int64(number) * 700)
        ) { change(number, &$0) }
      }, link: link, seed: 3)
  }

  private static func masters(_ world: World) -> [Int] {
    world.nodes.indices.filter { world.nodes[$0].state == .master }
  }

  @Test func twoEqualsAgreeOnTheLowerIdentity() throws {
    var world = try Self.world(2)
    world.run(seconds: 15)
    #expect(Self.masters(world) == [0])
    #expect(world.nodes[1].state == .slave)
  }

  /// The attributes in the order of the comparison. The node with the better attribute wins against a lower
  /// identity.
  @Test(arguments: 0..<5) func theBestAttributeWins(attribute: Int) throws {
    var world = try Self.world(3) { number, settings in
      guard number == 3 else { return }
      var quality = ClockQuality(
        clockClass: 248, clockAccuracy: 0xFE, offsetScaledLogVariance: 0xFFFF)
      switch attribute {
      case 0: settings.priority1 = 1
      case 1: quality.clockClass = 200
      case 2: quality.clockAccuracy = 0x21
      case 3: quality.offsetScaledLogVariance = 0x4E5D
      default: settings.priority2 = 1
      }
      settings.clockQuality = quality
    }
    world.run(seconds: 15)
    #expect(Self.masters(world) == [2])
    #expect(world.nodes[0].state == .slave)
    #expect(world.nodes[1].state == .slave)
    #expect(world.nodes[0].clock.parentDataSet.grandmasterIdentity == Hosts.identity(3))
  }

  @Test func threeReelectWithoutAStep() throws {
    var world = try Self.world(3)
    world.run(seconds: 20)
    #expect(Self.masters(world) == [0])

    world.nodes[0].isConnected = false
    let before = world.nodes.map(\.published.generation)
    let took = world.run(atMost: 10) { Self.masters($0) == [0, 1] }
    #expect(try #require(took) < 2)
    world.run(seconds: 20)
    #expect(world.nodes[2].state == .slave)
    #expect(world.nodes[2].clock.parent?.clockIdentity == Hosts.identity(2))
    // The new master has the time of the old one, so that no media offset changes.
    #expect(world.nodes.map(\.published.generation) == before)
    #expect(abs(world.difference(2, 1)) < 2_000)

    world.nodes[0].isConnected = true
    world.run(seconds: 20)
    #expect(Self.masters(world) == [0])
    #expect(world.nodes[1].state == .slave)
    #expect(abs(world.difference(1, 0)) < 2_000)
    #expect(abs(world.difference(2, 0)) < 2_000)
  }

  @Test func anotherNumberOfMastersThanOneIsRare() throws {
    var world = try Self.world(3, link: Link(loss: 0.2, duplication: 0.2, reordering: 0.2))
    world.run(seconds: 20)
    var crowded = 0
    for _ in 0..<600 {
      world.run(seconds: 0.1)
      if Self.masters(world).count != 1 { crowded += 1 }
    }
    #expect(crowded < 60)
  }

  @Test func aMasterWinsAgainstTheDefaultPriority() throws {
    var world = try Self.world(2) { number, settings in
      if number == 2 {
        settings.mode = .master
        settings.priority1 = 254
      }
    }
    world.run(seconds: 15)
    #expect(Self.masters(world) == [1])
  }

  @Test func domainsAreIndependent() throws {
    var world = try Self.world(2) { number, settings in settings.domainNumber = number }
    world.run(seconds: 15)
    #expect(Self.masters(world) == [0, 1])
    #expect(world.nodes[0].clock.counters.otherDomain > 50)
  }
}
