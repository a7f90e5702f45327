// SPDX-License-Identifier: MIT
public import SeededRandom

/// The errors of time stamps.
public struct TimestampNoise: Sendable {
  /// The standard deviation of the symmetric part, in nanoseconds.
  public var gaussian: Double
  /// The mean of the one-sided part, in nanoseconds: waiting for interrupts and queues.
  public var tail: Double
  /// The probability that a stamp is an outlier, and its additional error in nanoseconds.
  public var outlierProbability: Double
  public var outlier: Double

  public init(
    gaussian: Double = 0, tail: Double = 0, outlierProbability: Double = 0, outlier: Double = 0
  ) {
    self.gaussian = gaussian
    self.tail = tail
    self.outlierProbability = outlierProbability
    self.outlier = outlier
  }

  /// Draws the error of a stamp, in nanoseconds.
  public func draw(_ generator: inout SeededGenerator) -> Double {
    var error = 0.0
    if gaussian > 0 { error += gaussian * generator.gaussian() }
    if tail > 0 {
      let deviate = generator.gaussian()
      error += tail * deviate * deviate
    }
    if outlierProbability > 0, generator.fraction() < outlierProbability { error += outlier }
    return error
  }
}

extension SeededGenerator {
  /// Returns a number with mean 0 and standard deviation 1: the sum of twelve uniform numbers, which is close
  /// to normal and the same on every machine.
  public mutating func gaussian() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += fraction() }
    return sum
  }
}
