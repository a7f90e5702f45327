// SPDX-License-Identifier: MIT
import ControlAPI
import ParsedConfiguration
import RealTime
import StreamEngine
import Testing

@testable import DaemonConfiguration
@testable import Device
@testable import Media

/// The histograms of arrivals while link offsets change.
@Suite struct ArrivalsTests {
  private static let text = """
    network: { interface: lo }
    streams: { link-offset: 3ms }
    ptp: { mode: "off" }
    senders: []
    receivers:
      - { name: short, address: 127.0.0.1, port: 15310, channels: 2 }
    """

  /// A change of the link offset clears the arrivals that were measured against the former one.
  @Test func arrivalsAreThoseOfTheLinkOffsetInForce() throws {
    let (service, _) = try makeService(try Configuration(parsing: Self.text, file: "test"))
    service.followInterfaces()
    let counters = unsafe service.memory.receiverCounters
    func measured() -> ReceiverMeasurement { service.measurements().receivers[0] }
    #expect(measured().linkOffsetFrames == 144 && measured().sufficientOffsetFrames == nil)
    unsafe counters[0].arrivals.add(70)
    unsafe counters[0].arrivals.add(90)
    #expect(measured().arrivals.count == 2 && measured().sufficientOffsetFrames == 144 - 64)
    unsafe counters[0].linkOffset.set(96)
    #expect(measured().arrivals.count == 0 && measured().sufficientOffsetFrames == nil)
    unsafe counters[0].arrivals.add(20)
    #expect(measured().arrivals.bins.map(\.from) == [20] && measured().linkOffsetFrames == 96)
    #expect(measured().sufficientOffsetFrames == 76)
    unsafe counters[0].linkOffset.set(144)
    #expect(measured().arrivals.count == 0)
  }

  @Test func thePacketTimeBoundsTheSuggestedOffset() throws {
    for (packetTime, least) in [("125us", 12), ("1ms", 60), ("4ms", 204)] as [(String, Int64)] {
      let text = Self.text.replacing(
        "link-offset: 3ms", with: "link-offset: 10ms, packet-time: \(packetTime)")
      let (service, _) = try makeService(try Configuration(parsing: text, file: "test"))
      service.followInterfaces()
      unsafe service.memory.receiverCounters[0].arrivals.add(479)
      #expect(service.measurements().receivers[0].sufficientOffsetFrames == max(least, 480 - 448))
      unsafe service.memory.receiverCounters[0].arrivals.add(100)
      #expect(service.measurements().receivers[0].sufficientOffsetFrames == Int64(384))
    }
  }
}
