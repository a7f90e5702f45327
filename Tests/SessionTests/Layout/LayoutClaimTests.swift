// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Session
import Testing

@Suite struct LayoutClaimTests {
  static let claims: [LayoutClaim] = LayoutClaim.Kind.allCases.flatMap { kind in
    [(1, 0x0A43_0001, 1), (254, 0xC0A8_01FE, .max), (2, 0xA9FE_0101, 0xFFFF)].map {
      (number: UInt8, address: UInt32, installation: UInt64) in
      LayoutClaim(
        kind: kind, number: number, base: IPv4Address(bits: 0xEF45_0000),
        claimant: .init(address: IPv4Address(bits: address), installation: installation))
    }
  }

  @Test(arguments: claims) func isReadBackUnchanged(claim: LayoutClaim) {
    #expect(LayoutClaim(claim.bytes) == claim)
  }

  /// For a host that does not know claims, a claim is the deletion of an unknown session (RFC 2974, 4).
  @Test func isASAPDeletionOfNoSession() throws {
    let claim = Self.claims[0]
    let packet = try SAPPacket(parsing: claim.bytes) { _, _ in nil }
    #expect(packet.isDeletion && packet.key.hash != 0)
    #expect(
      packet.payload == Array("o=aes67-layout-probe-239.69.0.0 1 1 IN IP4 10.67.0.1\r\n".utf8))
    var directory = SessionDirectory(at: MonotonicInstant(nanoseconds: 0))
    directory.receive(
      claim.bytes, from: IPv4Address(bits: 0x0A43_0001), at: MonotonicInstant(nanoseconds: 1),
      inflate: { _, _ in nil })
    #expect(directory.count == 0 && directory.counts.malformed == 0)
  }

  @Test(arguments: [
    "o=aes67-layout-probe-239.69.0.0 1 0 IN IP4 10.67.0.1", "o=- 1 1 IN IP4 10.67.0.1",
    "o=aes67-layout-probe-239.69.0.0 1 255 IN IP4 10.67.0.1",
    "o=aes67-layout-owned-239.69.0.0 1 1 IN IP4 10.67.0.1",
    "o=aes67-layout-held-10.0.0.0 1 1 IN IP4 10.67.0.1",
    "o=aes67-layout-held-239.69.0.0 1 1 IN IP4 10.67.0.2", "o=aes67-layout-held-239.69.0.0 1 1",
    "o=aes67-layout-held-239.69.0.0 -1 1 IN IP4 10.67.0.1", "o=aes67-layout-held", "",
    "o=aes67-layout-held-239.69.0.0 1 1 IN IP6 10.67.0.1",
  ])
  func otherDeletionsAreNotClaims(line: String) {
    let packet = SAPPacket(
      isDeletion: true,
      key: AnnouncementKey(origin: .ip4(IPv4Address(bits: 0x0A43_0001)), hash: 7),
      payload: Array((line + "\r\n").utf8))
    #expect(LayoutClaim(packet.bytes) == nil)
  }

  @Test func announcementsAreNotClaims() {
    var bytes = Self.claims[0].bytes
    // The last bytes are the line end, without which a claim is valid as well.
    for length in 0..<bytes.count - 3 { #expect(LayoutClaim(Array(bytes[..<length])) == nil) }
    bytes[0] = 0x20
    #expect(LayoutClaim(bytes) == nil)
  }

  /// Of two claims, exactly one wins, and both hosts agree on which.
  @Test func oneOfTwoClaimsWins() {
    for one in Self.claims {
      for other in Self.claims where one.claimant != other.claimant {
        #expect(one.beats(other) != other.beats(one))
        if one.kind > other.kind { #expect(one.beats(other)) }
      }
    }
  }
}
