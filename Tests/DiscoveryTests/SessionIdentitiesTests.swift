// SPDX-License-Identifier: MIT
import Addressing
import DaemonConfiguration
import Foundation
import Session
import Testing

@testable import Discovery

@Suite("SessionIdentities: a sender keeps its session (SDP-01)") struct SessionIdentitiesTests {
  private typealias Sender = (id: StreamID, configuration: SenderConfiguration)

  private static func sender(
    _ id: Int, _ name: String, _ address: String = "239.69.1.1", port: UInt16 = 5004
  ) -> Sender {
    var sender = SenderConfiguration(Configuration.Network(), StreamDefaults())
    sender.name = name
    sender.address = IPv4Address(address) ?? .any
    sender.port = port
    return (StreamID(id), sender)
  }

  /// The identities after they were saved and loaded, as across a restart.
  private static func restarted(_ identities: SessionIdentities) throws -> SessionIdentities {
    try JSONDecoder().decode(SessionIdentities.self, from: JSONEncoder().encode(identities))
  }

  @Test("With another name or address, in any order, across a restart")
  func keeps() throws {
    var identities = SessionIdentities()
    let first = identities.identifiers(of: [Self.sender(1, "one"), Self.sender(2, "two")])
    #expect(Set(first).count == 2)
    let changes: [(Sender, Sender)] = [
      (Self.sender(1, "uno"), Self.sender(2, "two", "239.69.7.7")),
      (Self.sender(1, "two", "239.69.7.7"), Self.sender(2, "one", "239.69.1.1", port: 6000)),
      (Self.sender(1, "three", "239.69.3.3"), Self.sender(2, "four", "239.69.4.4")),
    ]
    for (one, two) in changes {
      #expect(identities.identifiers(of: [one, two]) == first)
      identities = try Self.restarted(identities)
      #expect(identities.identifiers(of: [two, one]) == first.reversed())
    }
    #expect(identities.entries.count == 2)
  }

  @Test("Another stream with the same name and address is another session")
  func another() {
    var identities = SessionIdentities()
    let first = identities.identifiers(of: [Self.sender(1, "one")])
    #expect(identities.identifiers(of: [Self.sender(2, "one")]) != first)
    // The first stream has its former identifier again.
    #expect(identities.identifiers(of: [Self.sender(1, "one")]) == first)
  }

  @Test("State from before streams had identifiers is matched by name or address, once")
  func migrates() throws {
    let kept = """
      {"entries":[{"identifier":11,"name":"one","address":"239.69.1.1","port":5004},
      {"identifier":12,"name":"old","address":"239.69.2.2","port":5004},
      {"identifier":13,"name":"three","address":"239.69.9.9","port":5004}],
      "stamps":[{"identifier":"11","version":7,"digest":5}]}
      """
    var identities = try JSONDecoder().decode(SessionIdentities.self, from: Data(kept.utf8))
    let senders = [
      Self.sender(1, "one"), Self.sender(2, "two", "239.69.2.2"),
      Self.sender(3, "three", "239.69.3.3"),
    ]
    #expect(identities.identifiers(of: senders) == [11, 12, 13])
    #expect(identities.sessionStamps.map(\.version) == [7])
    let later = identities.identifiers(of: [Self.sender(4, "one")])
    #expect(!Set(later).isSubset(of: [11, 12, 13]))
    #expect(identities.identifiers(of: [Self.sender(1, "new", "239.69.8.8")]) == [11])
  }

  @Test("The automatic address of a stream is found under any name")
  func addresses() throws {
    var identities = SessionIdentities()
    _ = identities.identifiers(of: [Self.sender(1, "one", "239.69.5.5"), Self.sender(2, "two")])
    identities = try Self.restarted(identities)
    let address = try #require(IPv4Address("239.69.5.5"))
    #expect(identities.addresses(of: StreamID(1), named: "renamed") == [address])
    #expect(identities.addresses(of: StreamID(9), named: "one").isEmpty)
  }

  @Test("Former streams are forgotten in the end, announced streams never")
  func bounded() {
    var identities = SessionIdentities()
    let first = identities.identifiers(of: [Self.sender(1, "stays")])
    for id in 2...600 {
      _ = identities.identifiers(of: [Self.sender(id, "passes \(id)"), Self.sender(1, "stays")])
    }
    #expect(identities.entries.count == 256)
    #expect(identities.identifiers(of: [Self.sender(1, "stays")]) == first)
  }
}
