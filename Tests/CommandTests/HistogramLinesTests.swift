// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import aes67

/// The output of `aes67 histogram` (trial, small ones).
@Suite struct HistogramLinesTests {
  private func receiver(
    _ bins: [(Int64, Int64, UInt64)], offset: Int64 = 144, minimum: Int64 = 60
  ) -> ReceiverMeasurement {
    ReceiverMeasurement(
      id: 1, name: "Stage left", linkOffsetFrames: offset, allowed: minimum...9600,
      arrivals: HistogramSnapshot(
        unit: .frames, bins: bins.map { HistogramSnapshot.Bin(from: $0, through: $1, count: $2) }),
      arrivalsSum: 0)
  }

  /// The sufficient link offset follows from the lower edge of the bin of the worst arrival.
  @Test func theSufficientOffsetFollowsFromTheWorstArrival() {
    #expect(receiver([(64, 79, 5), (80, 95, 1000)]).sufficientOffsetFrames == 80)
    #expect(receiver([(-15, -8, 1), (80, 95, 1000)]).sufficientOffsetFrames == 159)
    #expect(receiver([(0, 0, 1)], offset: 9600).sufficientOffsetFrames == 9600)
  }

  @Test func noOffsetBelowTheMinimumIsSuggested() {
    #expect(receiver([(112, 127, 9)]).sufficientOffsetFrames == 60)
    #expect(receiver([(112, 127, 9)], minimum: 204).sufficientOffsetFrames == 204)
  }

  /// The reserve is half the range of the arrivals. Arrivals earlier than a whole link offset before they are
  /// due count as one link offset.
  @Test func theProposalHasAReserve() {
    #expect(receiver([(64, 79, 5), (80, 95, 1000)]).proposedOffsetFrames == 96)
    #expect(receiver([(112, 127, 9)]).proposedOffsetFrames == 68)
    #expect(receiver([(0, 0, 1), (144, .max, 3)]).proposedOffsetFrames == 216)
    #expect(receiver([(-15, -8, 1)]).proposedOffsetFrames == 163)
    #expect(receiver([(0, 0, 1), (9590, 9600, 3)], offset: 9600).proposedOffsetFrames == 9600)
  }

  @Test func noOffsetWithoutAKnownWorstArrival() {
    for bins: [(Int64, Int64, UInt64)] in [[], [(.min, -32_768, 1), (80, 95, 1000)]] {
      #expect(receiver(bins).sufficientOffsetFrames == nil)
      #expect(receiver(bins).proposedOffsetFrames == nil)
    }
  }

  @Test func aChart() {
    #expect(
      HistogramLines.of(receiver([(-15, -8, 1), (64, 79, 500), (80, 95, 1000)])) == [
        "Stage left: link offset 3.00 ms (144 frames), 1 501 packets",
        "ARRIVED BEFORE DUE     FRAMES  PACKETS",
        "        -312.50 us  -15 to -8        1  #",
        "           1.33 ms   64 to 79      500  ####################",
        "           1.67 ms   80 to 95    1 000  ########################################",
        "smallest link offset that would have sufficed: 3.31 ms (159 frames)",
        "proposed, with a reserve: 4.46 ms (214 frames)",
      ])
    #expect(
      HistogramLines.of(receiver([])) == ["Stage left: link offset 3.00 ms (144 frames), 0 packets"]
    )
  }

  /// The result is the smallest number of whole microseconds that gives at least `frames`.
  @Test(arguments: [Int64(1), 60, 61, 159, 9600])
  func microsecondsAreRoundedUp(frames: Int64) {
    let microseconds = HistogramLines.microseconds(frames)
    #expect(microseconds * 48 / 1000 >= frames && (microseconds - 1) * 48 / 1000 < frames)
  }
}
