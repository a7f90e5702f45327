// SPDX-License-Identifier: MIT
import Addressing
import DaemonConfiguration
import MediaClock
import Session
import Testing

@testable import Discovery

/// Searches among the known sessions return the current ones, also after earlier searches.
@Suite struct KnownSessionsTests {
  private static let host = ReceiverProfile.thisHost(addresses: [], clock: nil)
  private static let source = IPv4Address(bits: 0x0A43_0002)

  private func session(
    _ name: String, identifier: Int, to group: String, attributes: String = ""
  ) throws -> DiscoveredSession {
    let text =
      "v=0\no=- \(identifier) 1 IN IP4 10.67.0.2\ns=\(name)\nc=IN IP4 \(group)/32\nt=0 0\n"
      + "m=audio 5004 RTP/AVP 98\na=rtpmap:98 L24/48000/2\n\(attributes)"
    var directory = SessionDirectory(at: MonotonicInstant(nanoseconds: 0))
    directory.receive(
      SAPPacket(
        isDeletion: false, key: AnnouncementKey(origin: .ip4(Self.source), hash: 7),
        payload: Array(text.utf8)
      ).bytes, from: Self.source, at: MonotonicInstant(nanoseconds: 0), inflate: { _, _ in nil })
    return try #require(directory.sessions.first)
  }

  private func sender(_ group: String, port: UInt16 = 5004) throws -> SenderConfiguration {
    var sender = SenderConfiguration()
    sender.address = try #require(IPv4Address(group))
    sender.port = port
    return sender
  }

  @Test func aRivalIsAnActiveSessionWithTheSameAddress() throws {
    var known = KnownSessions()
    let ours = try sender("239.69.1.1")
    #expect(known.rival(of: ours) == nil)
    known.note(try session("Stage", identifier: 1, to: "239.69.1.1"), for: Self.host)
    #expect(known.rival(of: ours)?.session == "Stage")
    let (otherPort, otherGroup) = (try sender("239.69.1.1", port: 5006), try sender("239.69.1.2"))
    #expect(known.rival(of: otherPort) == nil && known.rival(of: otherGroup) == nil)
    // The session moves to another group, and then comes back inactive.
    known.note(try session("Stage", identifier: 1, to: "239.69.1.2"), for: Self.host)
    #expect(known.rival(of: ours) == nil && known.rival(of: otherGroup) != nil)
    let silent = try session(
      "Stage", identifier: 1, to: "239.69.1.1", attributes: "a=inactive\n")
    known.note(silent, for: Self.host)
    #expect(known.rival(of: ours) == nil)
    known.note(try session("Other", identifier: 2, to: "239.69.1.1"), for: Self.host)
    #expect(known.rival(of: ours)?.session == "Other")
    known.removeAll()
    #expect(known.rival(of: ours) == nil)
  }

  /// A gateway announces a stream of ours again: there is no other sender. Another daemon of this host, or
  /// another host's stream under our origin, is one.
  @Test(arguments: [
    ("10.67.0.1", "", "10.67.0.2", false), ("10.67.0.1", "10.67.0.1", "10.67.0.2", false),
    ("10.67.0.2", "10.67.0.1", "10.67.0.2", false), ("10.67.0.1", "10.67.0.9", "10.67.0.2", true),
    ("10.67.0.1", "10.67.0.1 10.67.0.9", "10.67.0.2", true),
    ("10.67.0.1", "10.67.0.1", "10.67.0.1", true), ("10.67.0.2", "", "10.67.0.2", true),
  ])
  func aStreamOfOursThatIsAnnouncedAgainIsNoRival(
    origin: String, sources: String, announcer: String, isRival: Bool
  ) throws {
    let us = try #require(IPv4Address("10.67.0.1"))
    let source = try #require(IPv4Address(announcer))
    let filter = sources.isEmpty ? "" : "a=source-filter: incl IN IP4 239.69.1.1 \(sources)\n"
    let text =
      "v=0\no=- 5 1 IN IP4 \(origin)\ns=Stage\nc=IN IP4 239.69.1.1/32\nt=0 0\n"
      + "m=audio 5004 RTP/AVP 98\na=rtpmap:98 L24/48000/2\n\(filter)"
    let start = MonotonicInstant(nanoseconds: 0)
    var directory = SessionDirectory(at: start)
    let key = AnnouncementKey(origin: .ip4(source), hash: 9)
    directory.receive(
      SAPPacket(isDeletion: false, key: key, payload: Array(text.utf8)).bytes, from: source,
      at: start, inflate: { _, _ in nil })
    var known = KnownSessions()
    known.note(
      try #require(directory.sessions.first),
      for: ReceiverProfile.thisHost(addresses: [us], clock: nil))
    #expect((known.rival(of: try sender("239.69.1.1")) != nil) == isRival)
    #expect(known.offers.map(\.isOurs) == [!isRival])
  }

  @Test func aSubscriptionMatchesTheCurrentSessions() throws {
    var known = KnownSessions()
    #expect(known.match("Stage").offers.isEmpty)
    let stage = try session("Stage", identifier: 1, to: "239.69.1.1")
    known.note(stage, for: Self.host)
    #expect(known.match("Stage").offers.map(\.identity) == [stage.identity])
    #expect(known.match("239.69.1.1:5004").offers.count == 1 && known.match("Hall").offers.isEmpty)
    known.keepMatches(of: ["Hall"])
    #expect(known.match("Stage").offers.count == 1)
    known.note(try session("Stage", identifier: 2, to: "239.69.1.2"), for: Self.host)
    #expect(known.match("Stage").offers.count == 2)
    known.forget(stage.identity)
    #expect(known.match("Stage").offers.map(\.stream.address.text) == ["239.69.1.2"])
  }
}
