// SPDX-License-Identifier: MIT

/// How fast sound must be resampled for a card that has a clock of its own, so that what is on its way to the card's
/// output neither grows nor shrinks: a delay-locked loop of second order.
///
/// | time | what it does |
/// |---|---|
/// | the first second | measures the delay that it will keep |
/// | the first minutes | follows within some seconds, to find the card's rate |
/// | from then on | follows within minutes, so that no step in the card's reports can be heard |
///
/// It reads no clock. Time is what was received; the delay is what waits to be read plus what waits to be heard, both
/// looked at in the same moment, so that a reader who comes late changes nothing.
package struct CardRate: Equatable, Sendable {
  /// The greatest correction: 0.3 %, several times what crystals are off. Five hundredths of a semitone.
  package static let maximumCorrection = 3e-3
  /// For so long the delay is averaged that will be kept.
  private static let settlingSeconds = 1.0
  /// Natural frequency of the loop, in radians a second: the first, and the last.
  private static let fastest = 2 * Double.pi * 0.1
  private static let slowest = 2 * Double.pi * 0.01
  /// So long after the start it is half as fast as at first.
  private static let slowingSeconds = 10.0

  /// Frames of the card for each frame received if both clocks were equal.
  package let nominal: Double
  private let rate: Double
  private var elapsed = 0.0
  private var sum = 0.0
  private var weight = 0.0
  /// The delay to keep, in seconds; nil while it is measured.
  private var target: Double?
  /// By how much the delay is too long, in seconds, behind two filters.
  private var first = 0.0
  private var second = 0.0
  /// By how much the card is slower than nominal, as a fraction.
  private var integral = 0.0
  private var proportional = 0.0

  /// - Parameters:
  ///   - received: Frames a second of what is received.
  ///   - card: Frames a second that the card has by its own clock.
  package init(received: Int, card: Int) {
    rate = Double(received)
    nominal = Double(card) / Double(received)
  }

  /// Frames to make for each frame received.
  package var ratio: Double { nominal * (1 - correction) }

  /// By how much the card is faster than its nominal rate; less than 0 for a slower one.
  package var partsPerMillion: Double { -integral * 1e6 }

  private var correction: Double {
    max(-Self.maximumCorrection, min(integral + proportional, Self.maximumCorrection))
  }

  /// The delay that is kept, in seconds; nil in the first second.
  package var keptDelay: Double? { target }

  /// Takes the delay of this moment.
  ///
  /// - Parameters:
  ///   - frames: Received since the last time, positive.
  ///   - waiting: Received and not yet resampled, in frames.
  ///   - delay: From the last frame that was given to the card until it is heard, in frames of the card.
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
    // Eight times as quick as the loop, which they must not delay.
    let share = min(1, 8 * natural * step)
    first += share * (total - target - first)
    second += share * (first - second)
    proportional = 2 * natural * second
    // What is cut off is not summed up.
    if abs(integral + proportional) < Self.maximumCorrection {
      integral += natural * natural * second * step
    }
  }

  /// Sound was interrupted: the delay is measured anew, and the card's rate is still known.
  package mutating func restart() {
    target = nil
    (sum, weight, elapsed) = (0, 0, 0)
    (first, second, proportional) = (0, 0, 0)
  }
}
