// SPDX-License-Identifier: MIT
import Addressing
import Foundation
import MediaClock
import SeededRandom
import Session
import Testing

/// Announcers and a directory for thirty virtual days, or one day in the ordinary run: sessions that change,
/// hosts that disappear without a deletion and return, lost packets, and so many versions that the hashes of
/// 16 bits are used again.
@Suite struct ThirtyDaysTests {
  /// A host with the sessions that it announces.
  private struct Host {
    let address: IPv4Address
    var announcer: Announcer
    /// The session names by identifier.
    var names: [UInt64: String] = [:]
    var isThere = true

    init(_ number: Int) {
      address = IPv4Address(bits: 0x0A00_0000 | UInt32(number))
      announcer = Announcer(seed: UInt64(number))
    }

    mutating func announce(_ identifier: UInt64, at now: MonotonicInstant) throws {
      let group = HostAddress(IPv4Address(bits: 0xEF45_0000 | UInt32(identifier)))
      let name = names[identifier] ?? ""
      let stream = StreamDescription(
        name: name, origin: HostAddress(address), address: group, port: 5004, payloadType: 98,
        encoding: .l24, channels: 8, frames: 48)
      let origin = Origin(identifier: identifier, version: 1, address: HostAddress(address))
      try announcer.announce(
        SessionDescription(origin: origin, name: name, streams: [stream]), at: now)
    }
  }

  private struct Network {
    var hosts: [Host]
    var directory: SessionDirectory
    var random = SeededGenerator(seed: 30)
    var now = MonotonicInstant(nanoseconds: 0)
    var packets = 0
    var changes = 0
    var hashes: Set<UInt16> = []
    private let sessions: UInt64

    init(hosts: Int, sessions: UInt64) throws {
      self.hosts = (1...hosts).map(Host.init)
      self.sessions = sessions
      directory = SessionDirectory(at: now)
      for host in self.hosts.indices { try start(host) }
    }

    /// Restarts the announcer of a host with the stamps that it has saved.
    private mutating func start(_ index: Int) throws {
      hosts[index].announcer = Announcer(
        seed: random.next(), stamps: hosts[index].announcer.stamps)
      hosts[index].isThere = true
      for identifier in 1...sessions {
        let name = hosts[index].names[identifier] ?? "Session \(identifier)"
        hosts[index].names[identifier] = name
        try hosts[index].announce(identifier, at: now)
      }
    }

    /// Changes one host at random: in most cases one of its sessions.
    mutating func event() throws {
      let index = Int.random(in: hosts.indices, using: &random)
      guard hosts[index].isThere else { return try start(index) }
      let identifier = UInt64.random(in: 1...sessions, using: &random)
      switch Int.random(in: 0..<50, using: &random) {
      case 0: hosts[index].isThere = false
      case 1 where hosts[index].names[identifier] != nil:
        hosts[index].names[identifier] = nil
        hosts[index].announcer.withdraw("\(identifier)", at: now)
      default:
        changes += 1
        hosts[index].names[identifier] = "Session \(identifier), \(changes)"
        try hosts[index].announce(identifier, at: now)
      }
    }

    /// Runs all hosts and the directory until `end`.
    mutating func run(until end: MonotonicInstant) {
      while true {
        var due = directory.deadline ?? end
        for host in hosts where host.isThere { due = min(due, host.announcer.deadline ?? end) }
        guard due < end else { break }
        now = max(now, due)
        for index in hosts.indices where hosts[index].isThere { send(index) }
        directory.advance(to: now)
        while directory.nextAction() != nil {}
      }
      now = end
    }

    private mutating func send(_ index: Int) {
      hosts[index].announcer.advance(to: now)
      while let bytes = hosts[index].announcer.nextAction() {
        guard random.fraction() >= 0.02 else { continue }
        packets += 1
        hashes.insert(UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
        directory.receive(bytes, from: hosts[index].address, at: now) { _, _ in nil }
      }
    }

    /// The sessions that the directory should list: those of the hosts that are present.
    var expected: [SessionIdentity: String] {
      var all: [SessionIdentity: String] = [:]
      for host in hosts where host.isThere {
        for (identifier, name) in host.names {
          let identity = SessionIdentity(
            user: "-", identifier: "\(identifier)", address: HostAddress(host.address))
          all[identity] = name
        }
      }
      return all
    }
  }

  @Test func theDirectoryListsExactlyTheAnnouncedSessions() throws {
    let isLong = ProcessInfo.processInfo.environment["AES67_LONG"] == "1"
    let days = isLong ? 30 : 1
    var network = try Network(hosts: isLong ? 8 : 2, sessions: 4)
    let eventsADay = isLong ? 20_000 : 500
    var resident = 0
    for day in 0..<days {
      let begin = MonotonicInstant(nanoseconds: Int64(day) * 86_400_000_000_000)
      for event in 1...eventsADay {
        let step = Int64(82_000_000_000_000) / Int64(eventsADay) * Int64(event)
        network.run(until: begin + Interval(nanoseconds: step))
        try network.event()
      }
      // A session that was announced once and is gone stays listed for a quarter of an hour.
      network.run(until: begin + .seconds(86_400))
      let known = Dictionary(
        uniqueKeysWithValues: network.directory.sessions.map { ($0.identity, $0.name) })
      #expect(known == network.expected, "day \(day), seed 30")
      if day == 0 { resident = try residentBytes() }
    }
    let counts = network.directory.counts
    #expect(counts.total == network.packets)
    #expect(counts.malformed == 0 && counts.unreadable == 0)
    #expect(!network.hashes.contains(0), "zero means none (RFC 2974, 3)")
    // Other tests share the memory of a short run.
    guard isLong else { return }
    #expect(network.hashes.count > 65_000, "nearly every hash was used")
    #expect(try residentBytes() < resident + 8_000_000)
    print(network.packets, "packets,", network.hashes.count, "hashes")
  }
}

/// The resident memory of this process, in bytes.
private func residentBytes() throws -> Int {
  let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
  return (Int(text.split(separator: " ")[1]) ?? 0) * 4_096
}
