// SPDX-License-Identifier: MIT
import MediaClock
import RTP
import SeededRandom
import Testing

@Suite("SequenceTracker: received and lost packets (RTP-06)")
struct SequenceTrackerTests {
  /// Returns a tracker that has received `numbers`, the number of packets lost meanwhile, and the verdict on
  /// the last.
  private func tracker(
    after numbers: [UInt16]
  ) -> (tracker: SequenceTracker, lost: Int, verdict: SequenceVerdict?) {
    var tracker = SequenceTracker()
    var lost = 0
    var verdict: SequenceVerdict?
    for number in numbers { verdict = tracker.receive(SequenceNumber(number), lost: &lost) }
    return (tracker, lost, verdict)
  }

  @Test(
    "Verdicts",
    arguments: [
      (numbers: [UInt16(7)], verdict: SequenceVerdict.newest(skipped: 0)),
      ([7, 8], .newest(skipped: 0)),
      ([7, 10], .newest(skipped: 2)),
      ([65_534, 1], .newest(skipped: 2)),
      ([7, 10, 9], .reordered),
      ([7, 10, 9, 9], .duplicate),
      ([7, 7], .duplicate),
      ([65_535, 1, 0], .reordered),
      ([5_000, 904], .ancient),
      ([5_000, 905], .reordered),
      ([0, 30_000], .newest(skipped: 29_999)),
      ([0, 30_001], .restarted),
    ])
  func verdicts(numbers: [UInt16], verdict: SequenceVerdict) {
    #expect(tracker(after: numbers).verdict == verdict)
  }

  @Test("Missing packets are lost when their deadline has passed, and not before")
  func deadline() {
    var (tracker, lost, _) = tracker(after: [10, 14])
    #expect(lost == 0)
    let first = tracker.highest - 4
    #expect(tracker.settle(below: first + 2) == 1)  // 11
    var more = 0
    #expect(tracker.receive(SequenceNumber(12), lost: &more) == .reordered)
    #expect(tracker.settle(below: first + 4) == 1)  // 13; 12 came in time
    #expect(tracker.settle(below: first + 100) == 0)
    #expect(more == 0)
    // The missing packet arrives after all: late, but recognized as the missing one.
    #expect(tracker.receive(SequenceNumber(11), lost: &more) == .reordered)
    #expect(more == 0)
  }

  @Test(
    "A jump beyond the window loses exactly the packets in between",
    arguments: [
      5_000 as UInt16, 4_097, 4_096, 4_095, 29_999,
    ])
  func longGap(jump: UInt16) {
    var (tracker, lost, verdict) = tracker(after: [100, 100 &+ jump])
    #expect(verdict == .newest(skipped: Int(jump) - 1))
    lost += tracker.settle(below: tracker.highest + 1)
    #expect(lost == Int(jump) - 1)
  }

  @Test("Lost and received packets add up to the sent ones on any network")
  func conservation() {
    for seed in 10..<20 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      var tracker = SequenceTracker()
      var (lost, received, duplicates, dropped) = (0, 0, 0, 0)
      var held: [UInt16] = []
      let start = UInt16.random(in: .min ... .max, using: &random)
      func arrive(_ number: UInt16) {
        switch tracker.receive(SequenceNumber(number), lost: &lost) {
        case .newest, .reordered: received += 1
        case .duplicate: duplicates += 1
        case .ancient, .restarted: Issue.record("seed \(seed): \(number)")
        }
      }
      arrive(start)
      for step in 1..<100_000 {
        let number = start &+ UInt16(truncatingIfNeeded: step)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<5 where step < 99_999: dropped += 1
        case 5..<10 where step < 99_990: held.append(number)
        default: arrive(number)
        }
        if held.count > 3 { arrive(held.removeFirst()) }
        if step > 7, Int.random(in: 0..<50, using: &random) == 0 { arrive(number &- 7) }
      }
      for number in held { arrive(number) }
      lost += tracker.settle(below: tracker.highest + 1)
      // A repetition of a dropped packet is its first arrival.
      #expect(received + lost == 100_000, "seed \(seed)")
      #expect(lost <= dropped, "seed \(seed)")
      #expect(duplicates > 0)
    }
  }
}
