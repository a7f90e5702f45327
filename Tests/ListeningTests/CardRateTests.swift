// SPDX-License-Identifier: MIT
import SeededRandom
import Testing

@testable import Listening

/// A sound card with its own clock, and a reader that is late now and then, in simulated time.
private struct SimulatedCard {
  static let block = 240
  static let fill = 2_880.0

  var rate: CardRate
  /// The fraction by which the card's clock is fast.
  let offset: Double
  /// The card reports its delay in steps of this number of frames.
  let granularity: Double
  var random: SeededGenerator
  /// The current time, in received frames.
  var now = 0.0
  var read = 0.0
  var written = 0.0
  var fraction = 0.0
  var lowest = Double.infinity
  var highest = -Double.infinity

  init(partsPerMillion: Double, granularity: Double, seed: UInt64, card: Int = 48_000) {
    rate = CardRate(received: 48_000, card: card)
    offset = partsPerMillion / 1e6
    self.granularity = granularity
    random = SeededGenerator(seed: seed)
  }

  /// The card frames played since the start, including the silence of one fill.
  private var heard: Double { now * rate.nominal * (1 + offset) }

  /// Reads one block, up to 1 ms late and now and then 20 ms late, and plays it.
  mutating func step() {
    read += Double(Self.block)
    let lateness = random.fraction() < 1e-3 ? 960.0 : random.fraction() * 48
    now = max(now, read + lateness)
    lowest = min(lowest, fill)
    fraction += Double(Self.block) * rate.ratio
    let made = fraction.rounded(.down)
    fraction -= made
    written += made
    highest = max(highest, fill)
    let delay = (fill / granularity).rounded(.up) * granularity
    rate.observe(frames: Self.block, waiting: Int(now - read), delay: Int(delay))
  }

  /// The number of frames that the card has yet to play.
  var fill: Double { Self.fill * rate.nominal + written - heard }

  mutating func run(seconds: Double) {
    let end = read + seconds * 48_000
    while read < end { step() }
  }
}

@Suite("CardRate: resampling to a card's clock, in simulated time")
struct CardRateTests {
  @Test("two hours without drift and without an xrun", arguments: [-100.0, 0, 100, 400])
  func twoHours(_ partsPerMillion: Double) throws {
    var card = SimulatedCard(partsPerMillion: partsPerMillion, granularity: 1, seed: 7)
    card.run(seconds: 120)
    #expect(abs(card.rate.partsPerMillion - partsPerMillion) < 3)
    let kept = try #require(card.rate.keptDelay)
    card.lowest = .infinity
    card.highest = -.infinity
    var worst = 0.0
    for _ in 0..<118 {
      card.run(seconds: 60)
      worst = max(worst, abs(card.rate.ratio / card.rate.nominal - 1 - partsPerMillion / 1e6))
    }
    #expect(worst < 10e-6, "the pitch varies by \(worst)")
    #expect(card.rate.keptDelay == kept)
    // Although reads are up to 20 ms late, half of the initial fill always remains.
    #expect(card.lowest > SimulatedCard.fill / 2)
    #expect(card.highest < SimulatedCard.fill * 2)
    #expect(abs(card.rate.partsPerMillion - partsPerMillion) < 1)
  }

  @Test("a card that reports in steps of 1 ms, or of PipeWire's quantum", arguments: [48.0, 1_024])
  func steps(_ granularity: Double) {
    var card = SimulatedCard(partsPerMillion: 80, granularity: granularity, seed: 8)
    card.run(seconds: 300)
    card.lowest = .infinity
    card.highest = -.infinity
    card.run(seconds: 1_500)
    #expect(abs(card.rate.partsPerMillion - 80) < 25)
    #expect(card.lowest > SimulatedCard.fill / 4)
    #expect(card.highest < SimulatedCard.fill * 2)
  }

  @Test("a card of 44.1 kHz")
  func anotherRate() {
    var card = SimulatedCard(partsPerMillion: -50, granularity: 1, seed: 9, card: 44_100)
    card.run(seconds: 600)
    #expect(abs(card.rate.partsPerMillion + 50) < 2)
    #expect(abs(card.rate.ratio - 0.91875 * (1 - 50e-6)) < 5e-6)
    #expect(card.lowest > SimulatedCard.fill * 0.91875 / 2)
  }

  @Test("no correction in the first second")
  func settling() {
    var rate = CardRate(received: 48_000, card: 48_000)
    for number in 0..<199 { rate.observe(frames: 240, waiting: number % 7, delay: 2_880) }
    #expect(rate.ratio == 1 && rate.keptDelay == nil)
    rate.observe(frames: 240, waiting: 3, delay: 2_880)
    #expect(rate.keptDelay.map { abs($0 - 2_883.0 / 48_000) < 1e-4 } == true)
  }

  @Test("a restart keeps the rate of the card")
  func restart() {
    var card = SimulatedCard(partsPerMillion: 200, granularity: 1, seed: 10)
    card.run(seconds: 120)
    let known = card.rate.partsPerMillion
    card.rate.restart()
    #expect(card.rate.keptDelay == nil && card.rate.partsPerMillion == known)
    #expect(abs(card.rate.ratio - (1 + 200e-6)) < 3e-6)
  }

  @Test("the correction has a limit", arguments: [-20_000.0, 20_000])
  func limit(_ partsPerMillion: Double) {
    var card = SimulatedCard(partsPerMillion: partsPerMillion, granularity: 1, seed: 11)
    card.run(seconds: 60)
    #expect(abs(card.rate.ratio - 1) <= CardRate.maximumCorrection + 1e-12)
  }

  @Test("the converter keeps level and channels of a sine")
  func converter() throws {
    let converter = try RateConverter(channels: 2)
    var made: [Float] = []
    for block in 0..<200 {
      let samples = (0..<240).flatMap { frame -> [Float] in
        let phase = Double(block * 240 + frame) * 2 * .pi * 1_000 / 48_000
        return [Float(sinApproximation(phase)), 0]
      }
      made += try converter.convert(samples, ratio: 1 + 300e-6)
    }
    let frames = made.count / 2
    #expect(abs(Double(frames) - 48_000 * (1 + 300e-6)) < 100)
    let peak = stride(from: 2_000, to: made.count, by: 2).reduce(Float(0)) {
      max($0, abs(made[$1]))
    }
    #expect(abs(peak - 1) < 0.001)
    #expect(stride(from: 1, to: made.count, by: 2).allSatisfy { made[$0] == 0 })
  }

  /// The sine of a phase in radians, with an error below 1e-6.
  private func sinApproximation(_ phase: Double) -> Double {
    var x = phase.truncatingRemainder(dividingBy: 2 * .pi)
    if x > .pi { x -= 2 * .pi }
    var term = x
    var sum = x
    for n in 1..<12 {
      term *= -x * x / Double(2 * n * (2 * n + 1))
      sum += term
    }
    return sum
  }
}
