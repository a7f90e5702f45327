// SPDX-License-Identifier: MIT
public import MediaClock
internal import PTP
internal import SeededRandom

internal import func Glibc.cos

/// The CLOCK_MONOTONIC of a simulated host, with a rate error, a drift and a random walk.
public struct Oscillator: Sendable {
  /// The rate error in parts per million; positive is fast.
  public var ppm: Double
  /// The drift of the rate in parts per million per minute.
  public var ramp: Double
  /// The random walk of the rate: parts per billion per root second.
  public var wander: Double
  /// The amplitude of the daily variation of the rate, as by the temperature of a room, in parts per million.
  public var swing: Double
  /// The time of the clock at the beginning of the simulation.
  public var epoch: MonotonicInstant

  private var generator: SeededGenerator
  /// The phase gained by the random walk at every tenth of a second, in nanoseconds.
  private var phases: [Double] = [0]
  private var walk = 0.0
  private static let grid = 0.1

  public init(
    ppm: Double = 0, ramp: Double = 0, wander: Double = 0, swing: Double = 0,
    epoch: MonotonicInstant = MonotonicInstant(nanoseconds: 1_000_000_000_000), seed: UInt64 = 1
  ) {
    self.ppm = ppm
    self.ramp = ramp
    self.wander = wander
    self.swing = swing
    self.epoch = epoch
    generator = SeededGenerator(seed: seed)
  }

  /// Returns the time of the clock `time` nanoseconds after the beginning of the simulation.
  public mutating func local(at time: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: epoch.nanoseconds + time + Int64(gained(by: time).rounded()))
  }

  /// Returns the first simulated time at which the clock shows `instant` or later.
  public mutating func world(at instant: MonotonicInstant) -> Int64 {
    let shown = instant.nanoseconds - epoch.nanoseconds
    var time = max(shown, 0)
    for _ in 0..<3 { time = max(shown - Int64(gained(by: time).rounded()), 0) }
    while local(at: time) < instant { time += 1 }
    return time
  }

  /// Returns the phase gained by `time`, in nanoseconds.
  private mutating func gained(by time: Int64) -> Double {
    let seconds = Double(time) / 1e9
    let turn = 2 * Double.pi / 86_400
    let steady =
      ppm * 1e3 * seconds + ramp * 1e3 / 60 * seconds * seconds / 2
      + (swing == 0 ? 0 : swing * 1e3 / turn * (1 - cos(turn * seconds)))
    guard wander > 0 else { return steady }
    let position = seconds / Self.grid
    let index = Int(position)
    while phases.count < index + 2 {
      walk += wander * Self.grid.squareRoot() * generator.gaussian()
      phases.append(phases[phases.count - 1] + walk * Self.grid)
    }
    let part = position - Double(index)
    return steady + phases[index] * (1 - part) + phases[index + 1] * part
  }
}
