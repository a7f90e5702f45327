// SPDX-License-Identifier: MIT
internal import MediaClock

/// An estimate of the master's clock: the time that it has gained on CLOCK_MONOTONIC, and its rate.
///
/// A Kalman filter with two states. It observes the free-running local clock, not the steered one, so that no
/// loop can oscillate; steering is separate. The noise of the timestamps is estimated from the last
/// innovations. The wander of the two oscillators is estimated from innovations that lean to one side for long:
/// the filter has then been too sure of the rate, and weights new measurements more.
struct Estimator: Sendable {
  /// The gain in nanoseconds at `at`: master minus local, less the path delay.
  private(set) var gain: Double
  /// The rate in nanoseconds per second, which is parts per billion.
  private(set) var rate: Double
  private(set) var at: MonotonicInstant

  // The covariance: ns^2, ns^2/s, ns^2/s^2.
  private var gainVariance: Double
  private var covariance: Double
  private var rateVariance: Double

  /// The wander of the rate in ppb^2 per second.
  private(set) var wander: Double
  private static let wanderRange = 1e-3...1e6

  /// The greatest plausible rate, in ppb.
  static let rateLimit = 500_000.0

  /// The innovations of all Syncs, including outliers, for the gate.
  private var innovations = Window(capacity: 32)
  /// The mean square of the accepted innovations, in ns^2.
  private var meanSquare: Double
  /// The sum of the innovations since the last verdict, each in its own standard deviations.
  private var lean = 0.0
  private var leanCount = 0.0
  private let noiseFloor: Double

  /// - Parameter noiseFloor: the minimum noise of timestamps, in nanoseconds.
  init(_ fit: LineFit, noiseFloor: Double) {
    self.noiseFloor = noiseFloor
    gain = fit.gain
    rate = min(max(fit.rate, -Self.rateLimit), Self.rateLimit)
    at = fit.at
    let sigma = max(fit.deviation * 1.4826, noiseFloor)
    let variance = sigma * sigma
    rateVariance = variance / fit.spread
    covariance = rateVariance * fit.meanAge
    gainVariance = variance / Double(fit.count) + covariance * fit.meanAge
    wander = 10
    meanSquare = variance
    innovations.append(sigma / 1.4826)
  }

  /// The standard deviation of one timestamp in nanoseconds, estimated robustly from the median.
  var noise: Double {
    max((innovations.deviation(from: 0) ?? noiseFloor) * 1.4826, noiseFloor)
  }

  /// The standard deviation of the gain, in nanoseconds.
  var uncertainty: Double { max(gainVariance, 0).squareRoot() }

  /// The gain in nanoseconds at `instant`.
  func gain(at instant: MonotonicInstant) -> Double {
    gain + rate * (instant - at).seconds
  }

  /// The greatest distance of an accepted Sync from its expected value at `instant`, in nanoseconds (SRV-02).
  func gate(at instant: MonotonicInstant, narrowest: Double) -> Double {
    let age = max((instant - at).seconds, 0)
    let variance =
      gainVariance + 2 * age * covariance + age * age * (rateVariance + wander * age / 3)
    return max(6 * noise / 1.4826, narrowest) + 4 * variance.squareRoot()
  }

  /// Notes the distance of a Sync from its expected value, whether it is an outlier or not.
  mutating func observe(innovation: Double) { innovations.append(innovation) }

  /// Takes a Sync that showed `measured` nanoseconds at `instant`, no earlier than the last one.
  mutating func update(_ measured: Double, at instant: MonotonicInstant) {
    predict(to: instant)
    let innovation = measured - gain
    meanSquare += (innovation * innovation - meanSquare) / 64
    let noise = max(meanSquare - gainVariance, meanSquare / 4, noiseFloor * noiseFloor)
    let variance = gainVariance + noise
    let gainWeight = gainVariance / variance
    let rateWeight = covariance / variance
    gain += gainWeight * innovation
    rate = min(max(rate + rateWeight * innovation, -Self.rateLimit), Self.rateLimit)
    rateVariance -= rateWeight * covariance
    covariance -= rateWeight * gainVariance
    gainVariance -= gainWeight * gainVariance
    judge(innovation / variance.squareRoot(), gainWeight)
  }

  private mutating func predict(to instant: MonotonicInstant) {
    let step = max((instant - at).seconds, 0)
    gain += rate * step
    gainVariance += step * (2 * covariance + step * (rateVariance + wander * step / 3))
    covariance += step * (rateVariance + wander * step / 2)
    rateVariance += wander * step
    at = instant
  }

  /// Judges the wander. The innovations of a correct filter are on both sides equally: their sum over n stays
  /// near sqrt(n). A verdict takes as many Syncs as the filter itself remembers. The limits balance if the
  /// sum's deviation is a little above one. The factors are four up and two down, because trusting the rate too
  /// much is the worse error.
  private mutating func judge(_ normalized: Double, _ gainWeight: Double) {
    lean += min(max(normalized, -3), 3)
    leanCount += 1
    let deviations = abs(lean) / leanCount.squareRoot()
    let isOver = leanCount >= min(max(1.5 / gainWeight, 8), 128)
    if isOver ? deviations > 1.5 : leanCount >= 4 && deviations > 3 {
      wander = min(wander * 4, Self.wanderRange.upperBound)
    } else if !isOver {
      return
    } else if deviations < 0.5 {
      wander = max(wander / 2, Self.wanderRange.lowerBound)
    }
    lean = 0
    leanCount = 0
  }
}
