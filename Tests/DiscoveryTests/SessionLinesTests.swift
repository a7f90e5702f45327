// SPDX-License-Identifier: MIT
import Addressing
import CapturedLog
import DaemonConfiguration
import LinuxIO
import Logging
import MediaClock
import ParsedConfiguration
import Session
import Testing

@testable import Discovery

/// The log lines about sessions that appear and disappear.
@Suite struct SessionLinesTests {
  private static let source = IPv4Address(bits: 0x0A43_0002)

  private func packet(_ number: Int, isDeletion: Bool) -> [UInt8] {
    let origin = "o=- \(number) 1 IN IP4 10.67.0.2\n"
    let description =
      "v=0\n\(origin)s=session \(number)\nc=IN IP4 239.69.1.1/32\nt=0 0\n"
      + "m=audio 5004 RTP/AVP 98\na=rtpmap:98 L24/48000/2\n"
    let key = AnnouncementKey(
      origin: .ip4(Self.source), hash: UInt16(truncatingIfNeeded: number % 1_000 + 1))
    return SAPPacket(
      isDeletion: isDeletion, key: key, payload: Array((isDeletion ? origin : description).utf8)
    ).bytes
  }

  /// A host on the network cannot fill the journal: many lines are written at once, and then one a second.
  @Test func repeatedSessionsAreLimitedInTheLog() throws {
    let lines = LogLines()
    var loop = SessionLoop(
      try Configuration(parsing: ""), EmptyHost(), { nil }, EmptyHost(), SessionSnapshot(),
      publish: { _ in }, assignNumber: { _ in }, Logger(label: "test") { _ in lines })
    var now = MonotonicClock.now
    for number in 0..<2_000 {
      for isDeletion in [false, true] {
        loop.directory.receive(
          packet(number, isDeletion: isDeletion), from: Self.source, at: now,
          inflate: { _, _ in nil })
        loop.takeNews(at: now)
      }
      if number < 100 { #expect(lines.lines.count == 2 * number + 2) }
      now = now + .milliseconds(50)
    }
    #expect((300...360).contains(lines.lines.count))
    #expect(lines.lines.last?.contains("such lines left out") == true)
  }
}

/// A host without streams, which saves nothing.
private struct EmptyHost: AnnouncedStreams, StateStorage {
  func interface() -> (interface: NetworkInterface, address: IPv4Address)? { nil }
  var senders: [(id: StreamID, configuration: SenderConfiguration)] { [] }
  var runningSenders: [(id: StreamID, configuration: SenderConfiguration)] { [] }
  var subscribers: [(id: StreamID, configuration: ReceiverConfiguration, packets: UInt64)] { [] }
  func move(_ id: StreamID, to group: IPv4Address) {}
  func follow(_ id: StreamID, _ receiver: ReceiverConfiguration, _ outcome: SubscriptionOutcome) {}
  func setWarning(_ id: StreamID, _ warning: String?) {}

  func load<Content: Codable>(_ subject: String, version: Int, as type: Content.Type) -> Content? {
    nil
  }
  func save(_ subject: String, version: Int, _ content: some Codable) -> Bool { true }
}
