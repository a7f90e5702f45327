// SPDX-License-Identifier: MIT
import Addressing
import DaemonConfiguration
import MediaClock
import ParsedConfiguration
import Session
import Testing

@testable import Discovery

/// The session that a receiver follows, with times as arguments (SAP-06, SAP-07, SDP-08).
@Suite struct SubscriptionsTests {
  private typealias Offer = Subscriptions.Offer

  private let host = ReceiverProfile.thisHost(
    addresses: [], clock: FollowedClock(domain: 0, grandmaster: nil))

  private func instant(_ seconds: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
  }

  private func offer(
    _ name: String = "Stage", identifier: String = "1", address: UInt32 = 0xEF45_0101,
    rate: Int = 48_000, heard: Int64 = 0
  ) -> Offer {
    let here = HostAddress(IPv4Address(bits: 0x0A43_0001))
    var stream = StreamDescription(
      name: name, origin: here, address: HostAddress(IPv4Address(bits: address)), port: 5004,
      payloadType: 98, encoding: .l24, rate: rate, channels: 8, frames: 48)
    stream.referenceClocks = [
      ReferenceClock(grandmaster: EUI64(1), domain: 0)
    ]
    stream.mediaClock = .direct(offset: 0)
    return Offer(
      identity: SessionIdentity(user: "-", identifier: identifier, address: here), session: name,
      stream: stream, firstHeard: instant(heard))
  }

  /// The decision at `second`, with the number of packets received until then.
  private func decide(
    _ subscriptions: inout Subscriptions, _ offers: [Offer], packets: UInt64, at second: Int64
  ) -> Subscriptions.Decision {
    subscriptions.decide(
      StreamID(1), subscribedTo: "Stage", from: offers, host: host, packets: packets,
      at: instant(second))
  }

  @Test func waitsForASessionAndFollowsItsMoves() {
    var subscriptions = Subscriptions()
    #expect(
      decide(&subscriptions, [], packets: 0, at: 0)
        == .wait(reason: "no session \"Stage\" is announced; waiting for it"))
    let before = offer()
    let after = offer(address: 0xEF45_0102)
    #expect(
      decide(&subscriptions, [before], packets: 0, at: 1) == .receive(before.stream, note: nil))
    #expect(
      decide(&subscriptions, [after], packets: 900, at: 2) == .receive(after.stream, note: nil))
  }

  @Test func staysWithAnUnannouncedSessionWhilePacketsArrive() {
    var subscriptions = Subscriptions()
    let only = offer()
    _ = decide(&subscriptions, [only], packets: 0, at: 0)
    #expect(
      decide(&subscriptions, [], packets: 10, at: 10)
        == .receive(only.stream, note: "\"Stage\" is no longer announced"))
    #expect(
      decide(&subscriptions, [], packets: 10, at: 12)
        == .wait(
          reason: "\"Stage\" is no longer announced, and none of its packets arrive; waiting for it"
        ))
  }

  @Test func aSilentSenderIsReported() {
    var subscriptions = Subscriptions()
    let only = offer()
    _ = decide(&subscriptions, [only], packets: 0, at: 0)
    guard case .receive(_, let note?) = decide(&subscriptions, [only], packets: 0, at: 3) else {
      Issue.record("the silence is not reported")
      return
    }
    #expect(note.contains("packets of"))
    #expect(decide(&subscriptions, [only], packets: 7, at: 4) == .receive(only.stream, note: nil))
  }

  /// A device that comes back with a new identity is followed once the old one is silent. A second device of
  /// the same name does not replace one that sends.
  @Test func anotherSessionOfTheNameIsFollowedAfterSilence() {
    var subscriptions = Subscriptions()
    let old = offer()
    let new = offer(identifier: "2", address: 0xEF45_0109, heard: 5)
    _ = decide(&subscriptions, [old], packets: 0, at: 0)
    #expect(
      decide(&subscriptions, [old, new], packets: 5, at: 5) == .receive(old.stream, note: nil))
    #expect(
      decide(&subscriptions, [new, old], packets: 5, at: 7) == .receive(new.stream, note: nil))
    #expect(
      decide(&subscriptions, [new, old], packets: 9, at: 8) == .receive(new.stream, note: nil))
  }

  /// A session of the same name that cannot be received does not replace one that only pauses: its packets
  /// would be missed when it goes on.
  @Test func anUnusableSessionOfTheNameDoesNotReplaceASilentOne() {
    var subscriptions = Subscriptions()
    let right = offer()
    let wrong = offer(identifier: "2", address: 0xEF45_0109, rate: 96_000, heard: 5)
    _ = decide(&subscriptions, [right, wrong], packets: 5, at: 0)
    for second in Int64(1)...20 {
      guard
        case .receive(right.stream, let note) = decide(
          &subscriptions, [right, wrong], packets: 5, at: second)
      else {
        Issue.record("at \(second) s, the session is given up")
        return
      }
      #expect((note != nil) == (second >= 2))
    }
    #expect(
      decide(&subscriptions, [right, wrong], packets: 6, at: 21)
        == .receive(right.stream, note: nil))
  }

  @Test func refusesWithTheLintersReason() {
    var subscriptions = Subscriptions()
    let wrong = offer(rate: 96_000)
    #expect(
      decide(&subscriptions, [wrong], packets: 0, at: 0)
        == .unusable(
          reason: "\"Stage\" is announced. Not receivable: its rate is 96000 Hz: set the sender to"
            + " 48000 Hz."))
    let right = offer()
    #expect(
      decide(&subscriptions, [right], packets: 0, at: 1) == .receive(right.stream, note: nil))
  }

  @Test(arguments: [
    (ReferenceClock(grandmaster: EUI64(9), domain: 0), true),
    (ReferenceClock(grandmaster: EUI64(9), domain: 1), false),
    (ReferenceClock("ptp=IEEE1588-2008:traceable"), true),
    (ReferenceClock("localmac=00-11-22-33-44-55"), false),
  ])
  func alignsByTheClockOrByArrival(reference: ReferenceClock, isOurs: Bool) throws {
    var stream = offer().stream
    stream.referenceClocks = [reference]
    stream.mediaClock = .direct(offset: 77)
    var requested = try Configuration(
      parsing: "receivers: [{ session: Stage, first-channel: 9 }]", file: "test"
    ).receivers[0]
    let found = try requested.receiving(stream, clock: host.clock).get()
    #expect(found.alignment == (isOurs ? .mediaClock : .arrival))
    #expect(found.timestampOffset == (isOurs ? 77 : 0))
    #expect(found.firstChannel == 9 && found.address == IPv4Address(bits: 0xEF45_0101))
    requested.channels = 2
    #expect(throws: ValidationError.self) {
      try requested.receiving(stream, clock: host.clock).get()
    }
  }
}
