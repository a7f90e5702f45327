// SPDX-License-Identifier: MIT
public import MediaClock
internal import PTP
internal import SeededRandom

internal import func Glibc.cos

/// A host's CLOCK_MONOTONIC in a simulated world: off by some ppm, drifting, wandering.
public struct Oscillator: Sendable {
  /// In parts per million; positive is fast.
  public var ppm: Double
  /// In parts per million per minute.
  public var ramp: Double
  /// The random walk of the rate: parts per billion per root second.
  public var wander: Double
  /// How far the rate swings to either side within each day, as the room's temperature does: parts per million.
  public var swing: Double
  /// What the clock shows at the world's beginning.
  public var epoch: MonotonicInstant

  private var generator: SeededGenerator
  /// Of the random walk, at every tenth of a second: the phase gained so far, in nanoseconds.
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

  /// What the clock shows `time` nanoseconds after the world's beginning.
  public mutating func local(at time: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: epoch.nanoseconds + time + Int64(gained(by: time).rounded()))
  }

  /// The first time of the world at which the clock shows `instant` or later.
  public mutating func world(at instant: MonotonicInstant) -> Int64 {
    let shown = instant.nanoseconds - epoch.nanoseconds
    var time = max(shown, 0)
    for _ in 0..<3 { time = max(shown - Int64(gained(by: time).rounded()), 0) }
    while local(at: time) < instant { time += 1 }
    return time
  }

  /// In nanoseconds.
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
