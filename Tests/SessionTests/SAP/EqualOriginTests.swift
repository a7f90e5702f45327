// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Session
import Testing

/// Sessions with the same origin or the same hash (field cases 1 and 13; SAP-05, SAP-06).
@Suite struct EqualOriginTests {
  /// The origin that ffmpeg writes for every session.
  static let constant = "- 0 0 IN IP4 127.0.0.1"

  private func sdp(_ origin: String, to group: String, name: String = "No Name") -> String {
    "v=0\no=\(origin)\ns=\(name)\nc=IN IP4 \(group)/255\nt=0 0\nm=audio 5004 RTP/AVP 97\na=rtpmap:97 L24/48000/2\n"
  }

  private func destinations(_ bench: Bench) -> Set<String> {
    Set(bench.directory.sessions.compactMap { try? $0.reading().streams.first?.address.text })
  }

  private func appearances(_ actions: [SessionDirectory.Action]) -> Int {
    actions.count { if case .appeared = $0 { true } else { false } }
  }

  private func disappearances(_ actions: [SessionDirectory.Action]) -> Int {
    actions.count { if case .disappeared = $0 { true } else { false } }
  }

  /// Two sessions of one host and a third one of another are listed all the time, each with its own identity.
  @Test(arguments: [
    constant, "- 0 0 IN IP4 0.0.0.0", "- 1 1 IN IP4 localhost", "- 1234 1 IN IP4 127.0.1.1",
    "ffmpeg 0 7 IN IP4 10.0.0.250", "- 5 5 IN IP6 ::1",
  ])
  func threeOfOneOrigin(origin: String) {
    var bench = Bench()
    var actions: [SessionDirectory.Action] = []
    for round in 0..<60 {
      let second = Double(round * 5)
      bench.announce(sdp(origin, to: "239.9.0.1"), hash: 11, from: 1, at: second)
      bench.announce(sdp(origin, to: "239.9.0.2"), hash: 12, from: 1, at: second + 0.1)
      bench.announce(sdp(origin, to: "239.9.0.3"), hash: 13, from: 2, at: second + 2)
      bench.directory.advance(to: Bench.at(second + 3))
      actions += bench.actions()
      #expect(destinations(bench) == ["239.9.0.1", "239.9.0.2", "239.9.0.3"])
    }
    #expect(appearances(actions) == 3 && disappearances(actions) == 0)
    #expect(actions.count == 5, "three sessions of two new sources: \(actions)")
    #expect(Set(bench.directory.sessions.map(\.identity.description)).count == 3)
    #expect(bench.directory.counts.refused == 0)
    // Each session is deleted by itself.
    bench.announce("o=\(origin)\n", hash: 12, from: 1, at: 301, deletion: true)
    #expect(destinations(bench) == ["239.9.0.1", "239.9.0.3"])
  }

  /// A restarted program that sends to the same group is the same session.
  @Test func aRestartUnderAnotherHash() {
    var bench = Bench()
    bench.announce(sdp(Self.constant, to: "239.9.0.1"), hash: 11, at: 0)
    bench.announce(sdp(Self.constant, to: "239.9.0.1"), hash: 99, at: 20)
    #expect(bench.directory.count == 1 && appearances(bench.actions()) == 1)
    #expect(bench.directory.sessions.first?.key.hash == 99)
  }

  /// Two sessions under one hash are both listed, and each is reported once.
  @Test(arguments: [UInt16(0xFFFF), 1, 0])
  func twoUnderOneHash(hash: UInt16) {
    var bench = Bench()
    var actions: [SessionDirectory.Action] = []
    for round in 0..<100 {
      let second = Double(round) * 0.5
      bench.announce(Bench.sdp(7, name: "A"), hash: hash, at: second)
      bench.announce(Bench.sdp(8, name: "B"), hash: hash, at: second + 0.2)
      bench.directory.advance(to: Bench.at(second + 0.3))
      actions += bench.actions()
    }
    #expect(appearances(actions) == 2 && disappearances(actions) == 0 && actions.count == 3)
    #expect(bench[7]?.name == "A" && bench[8]?.name == "B")
    bench.announce("o=- 8 1 IN IP4 10.0.0.1\r\n", hash: hash, at: 51, deletion: true)
    #expect(bench[7] != nil && bench[8] == nil)
  }

  /// A deletion that identifies neither of two sessions is refused.
  @Test func anAmbiguousDeletionIsRefused() {
    var bench = Bench()
    for (group, name) in [("239.9.0.1", "A"), ("239.9.0.2", "B")] {
      bench.announce(sdp(Self.constant, to: group, name: name), hash: 5, at: 0)
    }
    #expect(bench.directory.count == 2)
    bench.announce("o=\(Self.constant)\n", hash: 5, at: 1, deletion: true)
    #expect(bench.directory.count == 2 && bench.directory.counts.refused == 1)
    bench.announce(sdp(Self.constant, to: "239.9.0.2"), hash: 5, at: 2, deletion: true)
    #expect(destinations(bench) == ["239.9.0.1"])
  }

  /// Two sessions with the same line o=, as written by hand; the versions may differ.
  @Test(arguments: [(1, 1), (1, 2), (2, 1)])
  func twoOfOneOriginWrittenByHand(first: Int, second: Int) {
    var bench = Bench()
    var actions: [SessionDirectory.Action] = []
    for round in 0..<20 {
      let time = Double(round * 10)
      bench.announce(sdp("- 4 \(first) IN IP4 10.0.0.1", to: "239.9.0.1"), hash: 21, at: time)
      bench.announce(sdp("- 4 \(second) IN IP4 10.0.0.1", to: "239.9.0.2"), hash: 22, at: time)
      if round == 5 { actions = [] }
      actions += bench.actions()
    }
    #expect(destinations(bench) == ["239.9.0.1", "239.9.0.2"] && actions.isEmpty, "\(actions)")
  }

  /// A device that moves increases its version, so that the former session is removed at once (SAP-06).
  @Test func aMoveIsNotASecondSession() {
    var bench = Bench()
    bench.announce(sdp("- 4 1 IN IP4 10.0.0.1", to: "239.9.0.1"), hash: 21, at: 0)
    bench.announce(sdp("- 4 2 IN IP4 10.0.0.1", to: "239.9.0.2"), hash: 22, at: 10)
    #expect(destinations(bench) == ["239.9.0.2"])
    // A late packet of the former version does not restore it.
    bench.announce(sdp("- 4 1 IN IP4 10.0.0.1", to: "239.9.0.1"), hash: 21, at: 10.5)
    #expect(destinations(bench) == ["239.9.0.2"] && bench.directory.counts.refused == 1)
  }

  /// No host changes or deletes the session of another, with any kind of origin.
  @Test(arguments: [constant, "- 4 1 IN IP4 10.0.0.1", "- 4 1 IN IP4 10.0.0.50"])
  func otherHostsCannotChangeASession(origin: String) {
    var bench = Bench()
    bench.announce(sdp(origin, to: "239.9.0.1", name: "Good"), hash: 21, from: 1, at: 0)
    _ = bench.actions()
    let key = AnnouncementKey(origin: .ip4(Bench.host(1)), hash: 21)
    func forge(_ text: String, _ key: AnnouncementKey, deletion: Bool = false) {
      let packet = SAPPacket(isDeletion: deletion, key: key, payload: Array(text.utf8))
      bench.receive(packet.bytes, from: 66, at: 1)
    }
    let hijack = sdp(origin.replacing(" 1 IN", with: " 9 IN"), to: "239.66.0.1", name: "Good")
    forge(hijack, key)
    forge("o=\(origin)\n", key, deletion: true)
    forge(hijack, AnnouncementKey(origin: .ip4(Bench.host(66)), hash: 3))
    forge("o=\(origin)\n", AnnouncementKey(origin: .ip4(Bench.host(66)), hash: 21), deletion: true)
    let good = bench.directory.sessions.filter { $0.source == Bench.host(1) }
    #expect(good.map(\.name) == ["Good"])
    #expect(good.allSatisfy { String(decoding: $0.payload, as: UTF8.self).contains("239.9.0.1") })
    let actions = bench.actions()
    #expect(disappearances(actions) == 0)
    #expect(!actions.contains { if case .changed = $0 { true } else { false } }, "\(actions)")
    // If the line o= names the host, no second session has that origin.
    if origin.hasSuffix("10.0.0.1") { #expect(bench.directory.count == 1) }
  }

  /// Many sessions under one hash make neither the table nor the work grow beyond the bounds.
  @Test func manyUnderOneHashAreBounded() {
    var settings = SessionDirectory.Settings()
    settings.maximumSessions = 50
    var bench = Bench(settings)
    for round in 0..<3 {
      for number in 0..<200 {
        bench.announce(
          sdp(Self.constant, to: "239.8.\(number).1"), hash: 1, at: Double(round * 10))
      }
    }
    #expect(bench.directory.count == 50)
    bench.directory.advance(to: Bench.at(100_000))
    #expect(bench.directory.count == 0 && bench.directory.deadline == nil)
  }
}
