// SPDX-License-Identifier: MIT
import Addressing
import Fuzzing
import MediaClock
import SeededRandom
import Session
import Testing

/// A directory, and announcements of other hosts for it. Times are in seconds.
struct Bench {
  var directory: SessionDirectory

  init(_ settings: SessionDirectory.Settings = .init()) {
    directory = SessionDirectory(settings: settings, at: Self.at(0))
  }

  static func at(_ seconds: Double) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
  }

  static func sdp(_ identifier: Int, version: Int = 1, name: String = "S") -> String {
    "v=0\no=- \(identifier) \(version) IN IP4 10.0.0.1\ns=\(name)\nt=0 0\n"
  }

  static func identity(_ identifier: Int) -> SessionIdentity {
    SessionIdentity(
      user: "-", identifier: "\(identifier)", address: HostAddress(IPv4Address(bits: 0x0A00_0001)))
  }

  static func host(_ number: Int) -> IPv4Address { IPv4Address(bits: 0x0A00_0000 | UInt32(number)) }

  /// - Parameter isNamed: false if the packet names 0.0.0.0 instead of the host.
  mutating func announce(
    _ sdp: String, hash: UInt16, from host: Int = 1, at seconds: Double, deletion: Bool = false,
    isNamed: Bool = true
  ) {
    let key = AnnouncementKey(origin: .ip4(isNamed ? Self.host(host) : .any), hash: hash)
    let packet = SAPPacket(isDeletion: deletion, key: key, payload: Array(sdp.utf8))
    receive(packet.bytes, from: host, at: seconds)
  }

  mutating func receive(_ bytes: [UInt8], from host: Int = 1, at seconds: Double) {
    directory.receive(bytes, from: Self.host(host), at: Self.at(seconds)) { _, _ in nil }
  }

  mutating func actions() -> [SessionDirectory.Action] {
    var actions: [SessionDirectory.Action] = []
    while let action = directory.nextAction() { actions.append(action) }
    return actions
  }

  subscript(identifier: Int) -> DiscoveredSession? { directory[Self.identity(identifier)] }
}

@Suite struct SessionDirectoryTests {
  /// SAP-03: a host that sends an inquiry is reported as a new source, like one that announces.
  @Test func anInquiryIsFromANewSource() {
    var bench = Bench()
    var asking = Announcer(seed: 1)
    asking.inquire(from: Bench.host(9))
    guard let question = asking.nextAction() else { return #expect(Bool(false), "no question") }
    bench.receive(question, from: 9, at: 0)
    #expect(bench.actions() == [.newSource(Bench.host(9))])
    #expect(bench.directory.count == 0 && bench.directory.counts.ignored == 1)
  }

  @Test func reportsSessionsThatAppearChangeAndEnd() throws {
    var bench = Bench()
    bench.announce(Bench.sdp(7), hash: 1, at: 0)
    #expect(bench.actions() == [.newSource(Bench.host(1)), .appeared(Bench.identity(7))])
    bench.announce(Bench.sdp(7), hash: 1, at: 1)
    #expect(bench.actions().isEmpty && bench.directory.counts.repeated == 1)
    bench.announce(Bench.sdp(8), hash: 5, at: 1)
    #expect(bench.actions() == [.appeared(Bench.identity(8))])
    bench.announce(Bench.sdp(7, version: 2, name: "New"), hash: 2, at: 10)
    #expect(bench.actions() == [.changed(Bench.identity(7))])
    #expect(bench.directory.count == 2 && bench[7]?.name == "New")
    #expect(bench[7]?.origin.version == 2)
    #expect(bench[7]?.firstHeard == Bench.at(0) && bench[7]?.lastHeard == Bench.at(10))
    // The deletion is of the old announcement, which belongs to no session any more.
    bench.announce("", hash: 1, at: 10, deletion: true)
    #expect(bench.directory.count == 2 && bench.actions().isEmpty)
    bench.announce("o=- 7 2 IN IP4 10.0.0.1\n", hash: 2, at: 11, deletion: true)
    #expect(bench.actions() == [.disappeared(Bench.identity(7), .deleted)])
    #expect(bench.directory.count == 1)
  }

  @Test func acceptsChangesUnderTheSameHash() {
    var bench = Bench()
    bench.announce(Bench.sdp(7), hash: 1, at: 0)
    bench.announce(Bench.sdp(7, name: "New"), hash: 1, at: 10)
    #expect(bench[7]?.name == "New")
    _ = bench.actions()
    // Another session under the same hash may have replaced the first one, or not.
    bench.announce(Bench.sdp(9), hash: 1, at: 20)
    #expect(bench.actions() == [.appeared(Bench.identity(9))])
    bench.announce(Bench.sdp(9), hash: 1, at: 69)
    bench.directory.advance(to: Bench.at(69))
    #expect(bench.directory.count == 2)
    bench.directory.advance(to: Bench.at(70))
    #expect(bench.actions() == [.disappeared(Bench.identity(7), .replaced)])
    // The remaining session expires like any other.
    bench.directory.advance(to: Bench.at(216))
    #expect(bench.directory.count == 1)
    #expect(bench.directory.deadline == Bench.at(69 + 10 * 49))
  }

  @Test func acceptsSessionsWithoutAHash() {
    var bench = Bench()
    bench.announce(Bench.sdp(7), hash: 0, at: 0)
    bench.announce(Bench.sdp(8), hash: 0, at: 0)
    bench.announce(Bench.sdp(7), hash: 0, at: 30)
    #expect(bench.directory.count == 2)
    #expect(bench[7]?.lastHeard == Bench.at(30) && bench[7]?.period == .seconds(30))
    bench.announce("o=- 8 1 IN IP4 10.0.0.1", hash: 0, at: 31, deletion: true)
    #expect(bench.directory.count == 1)
  }

  @Test func acceptsARestartedDeviceButNotALatePacket() {
    var bench = Bench()
    bench.announce(Bench.sdp(7, version: 5), hash: 5, at: 0)
    bench.announce(Bench.sdp(7, version: 4), hash: 4, at: 1)
    #expect(bench[7]?.origin.version == 5 && bench.directory.counts.refused == 1)
    bench.announce(Bench.sdp(7, version: 1), hash: 1, at: 20)
    #expect(bench[7]?.origin.version == 1)
  }

  @Test func expiresByTheMeasuredPeriod() {
    var bench = Bench()
    bench.announce(Bench.sdp(7), hash: 1, at: 0)
    #expect(bench.directory.deadline == Bench.at(900))
    for time in [1.0, 2] { bench.announce(Bench.sdp(7), hash: 1, at: time) }
    #expect(bench[7]?.period == nil)
    for time in [32.0, 62, 92] { bench.announce(Bench.sdp(7), hash: 1, at: time) }
    #expect(bench[7]?.period == .seconds(30))
    bench.announce(Bench.sdp(8), hash: 2, at: 92)
    bench.announce(Bench.sdp(8), hash: 2, at: 192)
    #expect(bench[8]?.period == .seconds(100))
    bench.directory.advance(to: Bench.at(391))
    #expect(bench.directory.count == 2)
    _ = bench.actions()
    bench.directory.advance(to: Bench.at(392))
    #expect(bench.actions() == [.disappeared(Bench.identity(7), .expired)])
    #expect(bench.directory.deadline == Bench.at(1_192))
    bench.directory.advance(to: Bench.at(1_192))
    #expect(bench.directory.count == 0 && bench.directory.deadline == nil)
    bench.announce(Bench.sdp(7), hash: 1, at: 1_200)
    #expect(bench.actions().contains(.newSource(Bench.host(1))))
  }

  /// SAP has no authentication: another host can neither change nor delete a session.
  @Test func aSessionBelongsToItsSource() {
    var bench = Bench()
    bench.announce(Bench.sdp(7), hash: 1, at: 0)
    let key = AnnouncementKey(origin: .ip4(Bench.host(1)), hash: 1)
    let deletion = SAPPacket(isDeletion: true, key: key, payload: [])
    bench.receive(deletion.bytes, from: 66, at: 1)
    let forged = SAPPacket(
      isDeletion: false, key: key, payload: Array(Bench.sdp(7, version: 9, name: "Bad").utf8))
    bench.receive(forged.bytes, from: 66, at: 2)
    let other = SAPPacket(isDeletion: false, key: key, payload: Array(Bench.sdp(9).utf8))
    bench.receive(other.bytes, from: 66, at: 3)
    #expect(bench.directory.count == 1 && bench[7]?.name == "S")
    #expect(bench.directory.counts.refused == 3)
    // When the source has been silent for long, another one may take over: a device with a new address.
    bench.receive(forged.bytes, from: 66, at: 61)
    #expect(bench[7]?.name == "Bad")
  }

  @Test func ignoresItsOwnAnnouncements() {
    var bench = Bench()
    bench.directory.own = [AnnouncementKey(origin: .ip4(Bench.host(1)), hash: 1)]
    bench.announce(Bench.sdp(7), hash: 1, at: 0)
    // An own announcement that came back with a blank address.
    bench.announce(Bench.sdp(7), hash: 1, from: 1, at: 0, isNamed: false)
    #expect(bench.directory.count == 0 && bench.directory.counts.ignored == 2)
  }

  /// PipeWire's rtp-sink announces from 0.0.0.0 (field case 7), which stands for the host that sent the
  /// packet.
  @Test func acceptsAnnouncementsWithoutAnAddress() {
    var bench = Bench()
    for second in 0..<3 {
      // Two hosts with the same hash, and one with hash 0, which means none.
      for (host, hash) in [(1, UInt16(5)), (2, 5), (3, 0)] {
        bench.announce(
          Bench.sdp(host), hash: hash, from: host, at: Double(5 * second), isNamed: false)
      }
    }
    #expect(bench.directory.count == 3 && bench.directory.counts.refused == 0)
    // Another host neither changes nor deletes the session.
    bench.announce(Bench.sdp(1, version: 2, name: "Bad"), hash: 5, from: 9, at: 11, isNamed: false)
    let deletion = "o=- 1 1 IN IP4 10.0.0.1\n"
    bench.announce(deletion, hash: 5, from: 9, at: 12, deletion: true, isNamed: false)
    #expect(bench[1]?.name == "S" && bench.directory.count == 3)
    bench.announce(deletion, hash: 5, from: 1, at: 13, deletion: true, isNamed: false)
    #expect(bench[1] == nil && bench.directory.count == 2)
  }

  @Test func countsUnreadablePackets() {
    var bench = Bench()
    bench.receive([1, 2, 3], at: 0)
    bench.announce("v=0\no=bad\n", hash: 1, at: 0)
    bench.receive([0x21, 0, 0, 9, 10, 0, 0, 1, 1], at: 0)
    #expect(bench.directory.counts.malformed == 2 && bench.directory.counts.unreadable == 1)
    #expect(bench.directory.lastProblem?.error == .announcement(.compressed))
    #expect(bench.directory.lastProblem?.source == Bench.host(1))
    bench.announce("v=0\no=bad\n", hash: 1, at: 1)
    #expect(bench.directory.lastProblem?.line == 2)
  }

  /// A name of 4 kB is accepted. A description beyond the maximum is counted and reported.
  @Test func readsLongDescriptionsAndReportsTooLongOnes() {
    var bench = Bench()
    bench.announce(Bench.sdp(1, name: String(repeating: "n", count: 4_096)), hash: 1, at: 0)
    #expect(bench[1]?.name.utf8.count == 4_096)
    bench.announce(
      Bench.sdp(2, name: String(repeating: "n", count: SAPPacket.maximumPayload)), hash: 2, at: 0)
    #expect(bench[2] == nil && bench.directory.counts.malformed == 1)
    #expect(
      bench.directory.lastProblem.map { "\($0.error)" }
        == "the announcement has a description of more than 8192 bytes")
  }

  /// The total number of bytes is bounded for descriptions of any length, also if they grow later.
  @Test func boundsTheTotalBytes() {
    var settings = SessionDirectory.Settings()
    settings.maximumBytes = 50_000
    var bench = Bench(settings)
    func held() -> Int { bench.directory.sessions.reduce(0) { $0 + $1.payload.count } }
    for number in 1...5 {
      bench.announce(Bench.sdp(number), hash: UInt16(number), from: 1, at: 0)
    }
    let long = String(repeating: "n", count: 4_000)
    for number in 1_000..<1_040 {
      bench.announce(Bench.sdp(number, name: long), hash: UInt16(number), from: 2, at: 1)
    }
    #expect(held() <= 50_000 && held() > 45_000)
    #expect((1...5).allSatisfy { bench[$0] != nil })
    // Descriptions that grow later displace those of the source with the most bytes, which gets no more
    // itself.
    for number in 1...5 {
      bench.announce(
        Bench.sdp(number, version: 2, name: long), hash: UInt16(number + 100), from: 1, at: 2)
    }
    #expect(held() <= 50_000)
    #expect((1...5).allSatisfy { bench[$0]?.name == long })
    for number in 1_000..<1_012 {
      bench.announce(
        Bench.sdp(number, version: 3, name: long + long), hash: UInt16(number + 50), from: 2, at: 3)
    }
    #expect(held() <= 50_000 && (1...5).allSatisfy { bench[$0] != nil })
  }

  @Test func acceptsThousandsAtOnce() {
    var bench = Bench()
    for number in 0..<2_000 {
      bench.announce(Bench.sdp(number), hash: UInt16(number + 1), at: Double(number) / 2_000)
    }
    #expect(bench.directory.count == 2_000)
    #expect(bench.actions().count == 2_001)
  }

  @Test func isBoundedAgainstFloods() {
    var settings = SessionDirectory.Settings()
    settings.maximumSessions = 100
    settings.maximumSources = 10
    settings.sourceBurst = 80
    settings.sourcePerSecond = 1
    var bench = Bench(settings)
    for number in 1...20 { bench.announce(Bench.sdp(number), hash: UInt16(number), at: 0) }
    // One source gets no more than its ration.
    for number in 1_000..<2_000 {
      bench.announce(Bench.sdp(number), hash: UInt16(number), from: 2, at: 1)
    }
    #expect(bench.directory.count == 100)
    #expect(bench.directory.counts.rationed == 920)
    // New sources displace sessions of the source with the most, not those of others.
    for number in 3...12 {
      bench.announce(Bench.sdp(5_000 + number), hash: UInt16(number), from: number, at: 2)
    }
    #expect(bench.directory.count == 100)
    #expect((1...20).allSatisfy { bench[$0] != nil })
    #expect((3...10).allSatisfy { bench[5_000 + $0] != nil })
    // Packets of sources beyond the maximum are not processed.
    #expect(bench[5_012] == nil)
  }

  @Test func reportsAnOverflowOfActions() {
    var settings = SessionDirectory.Settings()
    settings.maximumSessions = 4
    var bench = Bench(settings)
    for version in 1...50 {
      bench.announce(Bench.sdp(7, version: version), hash: UInt16(version), at: Double(version))
    }
    let actions = bench.actions()
    #expect(actions.count <= 8 && actions.first == .overflow)
  }

  /// With any packets, the tables stay within their bounds, and every packet is counted once.
  @Test func survivesMutatedPackets() {
    var settings = SessionDirectory.Settings()
    settings.maximumSessions = 50
    settings.maximumSources = 8
    var bench = Bench(settings)
    let inputs = (0..<200).map { number in
      let key = AnnouncementKey(origin: .ip4(Bench.host(number % 5)), hash: UInt16(number % 90))
      let sdp = Bench.sdp(number % 70, version: number)
      return SAPPacket(isDeletion: number % 7 == 0, key: key, payload: Array(sdp.utf8)).bytes
    }
    var mutator = Mutator(random: SeededGenerator(seed: 3), inputs: inputs)
    let rounds = fuzzRounds / 5
    for round in 0..<rounds {
      bench.receive(mutator.next(), from: round % 11, at: Double(round) / 10)
      bench.directory.advance(to: Bench.at(Double(round) / 10))
      if round % 100 == 0 { _ = bench.actions() }
    }
    #expect(bench.directory.count <= 50)
    #expect(bench.directory.counts.total == rounds)
    #expect(bench.directory.counts.accepted > 0 && bench.directory.counts.refused > 0)
  }
}
