// SPDX-License-Identifier: MIT
import CSharedMemory
import CapturedLog
import ControlAPI
import Glibc
import LinuxIO
import Logging
import MediaClock
import ParsedConfiguration
import RealTime
import ServiceLifecycle
import StreamEngine
import Synchronization
import Testing

@testable import DaemonConfiguration
@testable import Device
@testable import Media

/// Changes of the settings of all streams while streams play.
@Suite(.serialized) struct LiveSettingsTests {
  private static let text = """
    network: { interface: lo }
    streams: { link-offset: 100ms, max-lateness: 50ms }
    ptp: { mode: "off" }
    senders:
      - { name: steady, address: 127.0.0.1, port: 15200, channels: 2 }
      - { name: group, address: 239.69.200.1, port: 15202, channels: 2 }
    receivers: [{ name: steady, address: 127.0.0.1, port: 15200, channels: 2 }]
    """

  private func option(_ socket: Int32, _ option: Int32) -> Int32 {
    var value: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    let answer = unsafe getsockopt(socket, Int32(IPPROTO_IP), option, &value, &length)
    return answer == 0 ? value : -1
  }

  private func socket(_ service: StreamService, _ place: Int) -> Int32 {
    unsafe service.memory.senderSockets[place].load(ordering: .sequentiallyConsistent)
  }

  /// A sender with a TTL and DSCP of its own has its own socket, and returns to the values of the network
  /// without them. The other senders keep their socket.
  @Test func aSenderWithItsOwnMarkingHasItsOwnSocket() async throws {
    var configuration = try Configuration(parsing: Self.text, file: "test")
    let (service, _) = try makeService(configuration)
    let group = ServiceGroup(services: [service], logger: Logger(label: "test") { _ in LogLines() })
    async let running: Void = group.run()
    while service.runningSenders.count < 2 { await Task.yield() }
    let shared = socket(service, 1)
    let (id, plain) = service.senders[1]
    var own = plain
    (own.ttl, own.dscp) = (3, 46)
    try service.change(id, to: own)
    let other = socket(service, 1)
    #expect(other != shared && other >= 0)
    #expect(option(other, IP_MULTICAST_TTL) == 3 && option(other, IP_TOS) == 46 << 2)
    #expect(option(shared, IP_TOS) == 34 << 2)
    configuration.network.dscp = 8
    service.apply(configuration)
    #expect(option(other, IP_TOS) == 46 << 2)
    own.dscp = nil
    try service.change(id, to: own)
    #expect(socket(service, 1) == other && option(other, IP_TOS) == 8 << 2)
    try service.change(id, to: plain)
    let back = socket(service, 1)
    #expect(back >= 0 && option(back, IP_MULTICAST_TTL) == 32 && option(back, IP_TOS) == 8 << 2)
    #expect(service.status().senders.allSatisfy { $0.sendErrors == 0 })
    await group.triggerGracefulShutdown()
    try await running
  }

  /// Another TTL or DSCP keeps the sockets, so that receivers see the same sender. No sample is lost or
  /// altered.
  @Test func anotherMarkingLosesNoFrame() async throws {
    var configuration = try Configuration(parsing: Self.text, file: "test")
    let (service, device) = try makeService(configuration)
    let group = ServiceGroup(services: [service], logger: Logger(label: "test") { _ in LogLines() })
    async let running: Void = group.run()
    var player = try PatternPlayer(service, device)
    while player.heard < 480 {
      player.look()
      await Task.yield()
    }
    player.begin()
    let before = service.status().senders
    let sockets = (0..<2).map { socket(service, $0) }
    for round in 0..<100 {
      configuration.network.dscp = UInt8(round % 64)
      configuration.network.ttl = UInt8(1 + round)
      configuration.network.loopback = round % 2 == 0
      configuration.streams.maxLateness = .milliseconds(Int64(50 + round % 10))
      service.apply(configuration)
      for place in 0..<2 {
        #expect(option(sockets[place], IP_TOS) == Int32(round % 64) << 2)
        #expect(option(sockets[place], IP_TTL) == Int32(1 + round))
        #expect(option(sockets[place], IP_MULTICAST_TTL) == Int32(1 + round))
        #expect(option(sockets[place], IP_MULTICAST_LOOP) == (round % 2 == 0 ? 1 : 0))
      }
      player.look()
    }
    while player.heard + player.wrong <= 4_800 { player.look() }
    #expect(player.wrong == 0)
    let after = service.status()
    #expect(after.senders.map(\.ssrc) == before.map(\.ssrc))
    #expect((0..<2).map { socket(service, $0) } == sockets)
    #expect(after.senders.allSatisfy { $0.withheld + $0.sendErrors + $0.dropped == 0 })
    let steady = try #require(after.receivers.first)
    #expect(
      [steady.lost, steady.late, steady.resyncs, steady.duplicate, steady.foreign] == [
        0, 0, 0, 0, 0,
      ])
    await group.triggerGracefulShutdown()
    try await running
  }

  /// A stream that starts later has the new TTL and DSCP.
  @Test func newSocketsHaveTheNewMarking() throws {
    var configuration = try Configuration(parsing: Self.text, file: "test")
    let (service, _) = try makeService(configuration)
    configuration.network.dscp = 46
    configuration.network.ttl = 7
    service.apply(configuration)
    service.followInterfaces()
    for place in 0..<2 {
      #expect(option(socket(service, place), IP_TOS) == 46 << 2)
      #expect(option(socket(service, place), IP_TTL) == 7)
    }
  }

  /// A missing interface stops the streams. Back on the former interface, they go on with the same sockets
  /// and SSRC.
  @Test func anotherInterface() async throws {
    var configuration = try Configuration(parsing: Self.text, file: "test")
    let (service, device) = try makeService(configuration)
    let group = ServiceGroup(services: [service], logger: Logger(label: "test") { _ in LogLines() })
    async let running: Void = group.run()
    var player = try PatternPlayer(service, device)
    while player.heard < 480 {
      player.look()
      await Task.yield()
    }
    let before = service.status().senders
    let sockets = (0..<2).map { socket(service, $0) }
    configuration.network.interface = .named("absent0")
    service.apply(configuration)
    let away = service.status()
    #expect(service.interface() == nil)
    #expect(away.senders.map(\.state) == [.noNetwork, .noNetwork])
    #expect(away.receivers.map(\.state) == [.noNetwork])
    for reason in [away.senders[0].error, away.receivers[0].error] {
      #expect(reason?.hasPrefix("interface absent0 does not exist") == true)
    }
    #expect((0..<2).map { socket(service, $0) } == [-1, -1])

    configuration.network.interface = .named("lo")
    service.apply(configuration)
    let back = service.status()
    #expect(service.interface() != nil)
    #expect(back.receivers.map(\.state) == [.waiting], "waiting for the first packet")
    #expect(back.senders.map(\.ssrc) == before.map(\.ssrc))
    #expect(zip(back.senders, before).allSatisfy { $0.packets >= $1.packets })
    #expect((0..<2).map { socket(service, $0) } == sockets, "receivers see the same sender")
    // The gap lasts while the interface was away, plus the link offset.
    player.begin()
    while player.heard < 960 {
      player.look()
      await Task.yield()
    }
    #expect(player.wrong <= 48_000)
    await group.triggerGracefulShutdown()
    try await running
  }

  /// Only a receiver whose sender has another clock gets a resampler.
  @Test func receiversAreEquippedOnDemand() throws {
    let (service, _) = try makeService(try Configuration(parsing: Self.text, file: "test"))
    let equipped = { () -> [Int] in
      var places: [Int] = []
      while let command = service.memory.receiveCommands.pop() {
        if case .equip(let place, _) = command { places.append(place) }
      }
      return places
    }
    let look = { service.alter { $0.advance(to: MonotonicClock.now, service.device.clock) } }
    service.followInterfaces()
    look()
    #expect(equipped().isEmpty)
    let place = try #require(service.streams.withLock { $0.receivers.slots.running.last?.place })
    unsafe service.reception.counters(at: place).pointee.unsynchronised.set(1)
    look()
    look()
    #expect(equipped() == [place])
  }

  /// Unchanged settings of streams cause no command to the media threads.
  @Test func unchangedSettingsCauseNoCommand() throws {
    let configuration = try Configuration(parsing: Self.text, file: "test")
    let (service, _) = try makeService(configuration)
    service.followInterfaces()
    while service.memory.transmitCommands.pop() != nil {}
    while service.memory.receiveCommands.pop() != nil {}
    service.apply(configuration)
    #expect(service.memory.transmitCommands.pop() == nil)
    #expect(service.memory.receiveCommands.pop() == nil)
    var other = configuration
    other.device.echoes = true
    service.apply(other)
    guard case .adjust(let lateness, true)? = service.memory.transmitCommands.pop() else {
      Issue.record("no command for the transmit thread")
      return
    }
    #expect(lateness == 2_400)
    #expect(service.memory.transmitCommands.pop() == nil)
  }
}
