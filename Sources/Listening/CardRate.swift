// SPDX-License-Identifier: MIT

/// The resampling ratio for a card with its own clock, which keeps the delay to the card's output constant: a
/// delay-locked loop of second order.
///
/// | time | what it does |
/// |---|---|
/// | the first second | measures the delay that it will keep |
/// | the first minutes | follows within seconds, to find the card's rate |
/// | from then on | follows within minutes, so that steps in the card's reports are inaudible |
///
/// It reads no clock. Time is counted in received frames. The delay is the sum of the frames that wait to be
/// read and those that wait to be played, both read at the same moment, so that a late reader changes nothing.
package struct CardRate: Equatable, Sendable {
  /// The greatest correction: 0.3 %, several times the error of crystals. Five hundredths of a semitone.
  package static let maximumCorrection = 3e-3
  /// The time over which the delay to be kept is averaged.
  private static let settlingSeconds = 1.0
  /// The natural frequency of the loop in radians per second: at first, and in the end.
  private static let fastest = 2 * Double.pi * 0.1
  private static let slowest = 2 * Double.pi * 0.01
  /// The time after which the frequency has fallen to half.
  private static let slowingSeconds = 10.0

  /// The frames of the card for each received frame if both clocks were equal.
  package let nominal: Double
  private let rate: Double
  private var elapsed = 0.0
  private var sum = 0.0
  private var weight = 0.0
  /// The delay to keep, in seconds; nil while it is measured.
  private var target: Double?
  /// The excess of the delay in seconds, after two filters.
  private var first = 0.0
  private var second = 0.0
  /// The fraction by which the card is slower than nominal.
  private var integral = 0.0
  private var proportional = 0.0

  /// - Parameters:
  ///   - received: the rate of the received frames per second.
  ///   - card: the nominal rate of the card by its own clock.
  package init(received: Int, card: Int) {
    rate = Double(received)
    nominal = Double(card) / Double(received)
  }

  /// The number of frames to make for each received frame.
  package var ratio: Double { nominal * (1 - correction) }

  /// The relative rate of the card in ppm; negative for a slower one.
  package var partsPerMillion: Double { -integral * 1e6 }

  private var correction: Double {
    max(-Self.maximumCorrection, min(integral + proportional, Self.maximumCorrection))
  }

  /// The delay to be kept in seconds; nil in the first second.
  package var keptDelay: Double? { target }

  /// Takes the present delay.
  ///
  /// - Parameters:
  ///   - frames: received since the last call, positive.
  ///   - waiting: received and not yet resampled, in frames.
  ///   - delay: from the last frame that was passed to the card until it is played, in frames of the card.
  package mutating func observe(frames: Int, waiting: Int, delay: Int) {
    let step = Double(frames) / rate
    let total = Double(waiting) / rate + Double(delay) / (nominal * rate)
    elapsed += step
    guard let target else {
      sum += total * step
      weight += step
      if weight >= Self.settlingSeconds { self.target = sum / weight }
      return
    }
    let since = elapsed - Self.settlingSeconds
    let natural = max(Self.slowest, Self.fastest / (1 + since / Self.slowingSeconds))
    // The filters are eight times as fast as the loop, which they must not delay.
    let share = min(1, 8 * natural * step)
    first += share * (total - target - first)
    second += share * (first - second)
    proportional = 2 * natural * second
    // The integral does not accumulate a limited correction.
    if abs(integral + proportional) < Self.maximumCorrection {
      integral += natural * natural * second * step
    }
  }

  /// Measures the delay again after an interruption; the card's rate is still known.
  package mutating func restart() {
    target = nil
    (sum, weight, elapsed) = (0, 0, 0)
    (first, second, proportional) = (0, 0, 0)
  }
}
