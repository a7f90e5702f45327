// SPDX-License-Identifier: MIT
import ControlAPI
import LinuxIO
import MediaClock
import ParsedConfiguration
import RealTime
import StreamEngine
import StreamHealth
import Synchronization
import Testing

@testable import DaemonConfiguration
@testable import Media

/// The message about a sender that the source filter excludes (field case 12).
@Suite struct RefusedSourceTests {
  private static func text(_ source: String) -> String {
    """
    network: { interface: lo }
    ptp: { mode: "off" }
    receivers: [{ name: in, address: 239.69.1.9, port: 15304, channels: 2, source: \(source) }]
    """
  }

  /// The cause in the alarm of the receiver, three seconds after the group was joined.
  private func cause(source: String, refused: UInt32) throws -> String? {
    let configuration = try Configuration(parsing: Self.text(source), file: "test")
    let (service, _) = try makeService(configuration)
    service.followInterfaces()
    let now = MonotonicClock.now
    service.observe(at: now)
    let counters = unsafe service.memory.receiverCounters
    unsafe counters[0].refusedSource.set(UInt64(refused))
    unsafe counters[0].foreign.add(7)
    service.observe(at: now + .seconds(3))
    let conditions = service.streams.withLock { $0.conditions(at: now + .seconds(3)) }
    return conditions.first { $0.direction == .receiver }?.cause
  }

  @Test(
    arguments: [
      (
        "172.17.0.1", 0x0A43_0001,
        "239.69.1.9 is received from 172.17.0.1 only, but 10.67.0.1 sends to it"
      ),
      (
        "10.67.0.9", 0xC0A8_0102,
        "239.69.1.9 is received from 10.67.0.9 only, but 192.168.1.2 sends to it"
      ),
    ] as [(String, UInt32, String)])
  func namesTheAllowedAndTheActualSource(source: String, refused: UInt32, words: String) throws {
    let said = try #require(try cause(source: source, refused: refused))
    #expect(said.hasPrefix(words))
  }

  @Test func otherSendersAreReportedWithoutAFilter() throws {
    #expect(try cause(source: "any", refused: 0) == "only packets of other senders arrive")
  }
}
