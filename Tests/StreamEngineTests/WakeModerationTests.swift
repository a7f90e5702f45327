// SPDX-License-Identifier: MIT
import MediaClock
import StreamEngine
import Testing

/// The decisions of wake moderation at literal times, for up to three streams with packets of 1 ms.
@Suite("Wake moderation")
struct WakeModerationTests {
  /// The arrivals within a millisecond: the microsecond of each, and the places whose packets arrive.
  private typealias Rounds = [(at: Int64, places: [Int])]

  private func makeModeration(_ places: Int = 3) -> WakeModeration {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: WakeModeration.memoryByteCount(64), alignment: 8)
    var moderation = unsafe WakeModeration(in: memory, capacity: 64)
    for place in 0..<places { moderation.start(place) }
    return moderation
  }

  private func instant(_ millisecond: Int64, _ microsecond: Int64 = 0) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: (millisecond * 1_000 + microsecond) * 1_000)
  }

  /// Advances the time by milliseconds in which packets arrive in `rounds`. If the thread waits for none of
  /// the sockets of a round, its packets are read in the next one.
  private func pass(
    _ milliseconds: Range<Int64>, _ rounds: Rounds, margin: Int64 = 2_000,
    sources: [UInt32] = [1, 1, 1], _ moderation: inout WakeModeration
  ) {
    var waiting: UInt64 = 0
    for millisecond in milliseconds {
      for round in rounds {
        for place in round.places { waiting |= 1 << UInt64(place) }
        let ready = waiting & moderation.waited
        guard ready != 0 else { continue }
        let now = instant(millisecond, round.at)
        let taken = moderation.begin(ready: ready, isTimer: false) & waiting
        waiting &= ~taken
        for place in 0..<64 where taken >> UInt64(place) & 1 == 1 {
          let packet = PacketArrival(
            source: sources[place], packetTime: .milliseconds(1),
            margin: .microseconds(margin - round.at))
          moderation.note(packet, at: place, now)
        }
        moderation.end(at: now)
      }
    }
  }

  @Test("A burst is found in less than a hundred packet times; its last stream leads")
  func leader() {
    var moderation = makeModeration()
    pass(0..<99, [(10, [2]), (20, [0]), (30, [1])], &moderation)
    #expect(moderation.waited == 1 << 1)
    for place in 0..<3 { #expect(moderation.leader(of: place) == 1) }
    #expect(moderation.begin(ready: 1 << 1, isTimer: false) == 0b111)
    #expect(moderation.burstCount == 1)
  }

  @Test("Streams more than half a packet time apart are two bursts, divided at the longest gap")
  func bound() {
    var moderation = makeModeration()
    pass(0..<99, [(10, [0]), (450, [1]), (900, [2])], &moderation)
    // The burst lasts from 900 us to 10 us of the next millisecond.
    #expect(moderation.waited == 0b011)
    #expect(moderation.leader(of: 2) == 0)
  }

  @Test(
    "The bound follows the margin, and no stream waits if little is left",
    arguments: [(2_000, 0b100), (700, 0b101), (590, 0b111)] as [(Int64, UInt64)])
  func margins(margin: Int64, waited: UInt64) {
    // With 700 us, the second stream has 610 us left. Half of what exceeds the reserve is 55 us, so that the
    // first stream cannot wait for it.
    var moderation = makeModeration()
    pass(0..<99, [(0, [0]), (90, [1]), (95, [2])], margin: margin, &moderation)
    #expect(moderation.waited == waited)
  }

  @Test("Streams of different hosts share no burst")
  func hosts() {
    var moderation = makeModeration()
    pass(0..<99, [(10, [0]), (20, [1]), (30, [2])], sources: [1, 2, 1], &moderation)
    #expect(moderation.waited == 0b110)
    #expect(moderation.leader(of: 0) == 2)
  }

  @Test(
    "The thread waits for a member whose packet was missing, until it is in time again")
  func trial() {
    var moderation = makeModeration()
    pass(0..<99, [(10, [0]), (20, [1]), (30, [2])], &moderation)
    #expect(moderation.waited == 0b100)
    pass(99..<100, [(10, [1]), (30, [2])], &moderation)
    #expect(moderation.waited == 0b101, "a packet of stream 0 was lost")
    pass(100..<103, [(10, [0]), (20, [1]), (30, [2])], &moderation)
    #expect(moderation.waited == 0b101)
    pass(103..<104, [(10, [0]), (20, [1]), (30, [2])], &moderation)
    #expect(moderation.waited == 0b100)
  }

  @Test("A member that arrives after its leader twice becomes the leader")
  func replacement() {
    var moderation = makeModeration()
    pass(0..<99, [(10, [0]), (20, [1]), (30, [2])], &moderation)
    pass(99..<101, [(20, [1]), (30, [2]), (40, [0])], &moderation)
    #expect(moderation.waited == 0b001)
    #expect(moderation.leader(of: 2) == 0 && moderation.leader(of: 1) == 0)
  }

  @Test("If the timer finds the leader missing, the burst is dissolved; another stream leads soon")
  func missingLeader() {
    var moderation = makeModeration()
    pass(0..<99, [(10, [0]), (20, [1]), (30, [2])], &moderation)
    #expect(moderation.begin(ready: 0, isTimer: true) == 0b011, "all members are read")
    moderation.end(at: instant(99, 400))
    #expect(moderation.waited == 0b100, "the leader is not overdue yet")
    _ = moderation.begin(ready: 0, isTimer: true)
    moderation.end(at: instant(99, 600))
    #expect(moderation.waited == 0b111)
    pass(100..<200, [(10, [0]), (20, [1])], &moderation)
    #expect(moderation.waited == 0b110)
  }

  @Test("A member with less than the reserve left dissolves the burst")
  func tight() {
    var moderation = makeModeration()
    pass(0..<99, [(10, [0]), (20, [1]), (30, [2])], &moderation)
    pass(99..<100, [(30, [0, 1, 2])], margin: 500, &moderation)
    #expect(moderation.waited == 0b111)
  }

  @Test(
    "Streams that start, stop or change their host are learned")
  func changes() {
    var moderation = makeModeration(2)
    pass(0..<99, [(10, [0]), (20, [1])], &moderation)
    #expect(moderation.waited == 0b010)
    moderation.start(2)
    #expect(moderation.waited == 0b110)
    pass(99..<290, [(10, [0]), (20, [1]), (30, [2])], &moderation)
    #expect(moderation.waited == 0b100)
    pass(290..<291, [(10, [0]), (20, [1]), (30, [2])], sources: [9, 1, 1], &moderation)
    #expect(moderation.waited & 0b001 != 0, "a stream of another host leaves the burst")
    moderation.stop(2)
    #expect(moderation.waited == 0b011)
    pass(291..<400, [(10, [0]), (20, [1])], sources: [9, 9, 9], &moderation)
    #expect(moderation.waited == 0b010)
  }
}

@Suite("LookTimer: the timer of the receive thread")
struct LookTimerTests {
  private func instant(_ microseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: microseconds * 1_000)
  }

  @Test("The timer is left alone while packets arrive, and moved before it expires for nothing")
  func left() {
    var timer = LookTimer()
    func set(_ now: Int64) -> MonotonicInstant? {
      timer.set(
        look: instant(now + 2_400), limit: instant(now + 2_300), packetTime: .milliseconds(1),
        at: instant(now))
    }
    #expect(set(0) == instant(2_300))
    #expect(set(1_000) == nil)
    #expect(set(2_000) == instant(4_300))
    timer.runOut()
    #expect(set(3_000) == instant(5_300))
  }

  @Test("A sooner look or limit sets the timer in time")
  func sooner() {
    var timer = LookTimer()
    #expect(
      timer.set(look: nil, limit: nil, packetTime: .milliseconds(1), at: instant(0)) == nil)
    #expect(
      timer.set(look: instant(9_000), limit: nil, packetTime: .milliseconds(1), at: instant(0))
        == instant(5_000))
    #expect(
      timer.set(look: instant(100), limit: nil, packetTime: .milliseconds(1), at: instant(0))
        == instant(1_000), "a look is no sooner than a packet time")
    #expect(
      timer.set(
        look: instant(100), limit: instant(300), packetTime: .milliseconds(1), at: instant(0))
        == instant(300))
  }
}
