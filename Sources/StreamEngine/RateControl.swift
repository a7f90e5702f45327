// SPDX-License-Identifier: MIT
internal import MediaClock

/// How fast the clock of an unsynchronised sender runs, judged by how long its packets seem to be under
/// way: a sender that is fast seems to have ever shorter ways (CLK-05).
///
/// | state | event | then |
/// |---|---|---|
/// | beginning | a quarter of a second has ended | holds what its fastest packet needed |
/// | holding | the fastest of two in a row needed a step more, or less | moved: holds that beside what it held first |
/// | moved | a step again, to the other side | moved |
/// | moved | a step again, to the same side | drifts: the stream has to be resampled |
/// | drifting | each quarter of a second | turns the rate so that the fastest returns, ever more slowly |
/// | drifting | 24 frames off | turns fast again |
///
/// The fastest packet is what the clocks alone decide: a host that stands still for 20 ms makes the
/// average way of a quarter of a second longer by a millisecond, and the shortest not at all. What moves it
/// but once is another path through the network, or another processor that the thread runs on now: a clock
/// that runs off goes on to run off. A step is 6 frames, and 2.3 times what the fastest changes by anyhow
/// beside a steady drift where that is more: a sender that a timer wakes is not so exact.
///
/// A loop of second order, critically damped: its frequency of 0.5 rad/s, with which it finds the rate,
/// falls to 0.03, with which a network's jitter moves the rate by no more than a few millionths. What had run off
/// before the drift was seen is taken back at 21 ppm: no error of the loop, which would turn the rate by hundreds.
struct RateControl: BitwiseCopyable {
  /// No clock of any use errs by more: 1000 ppm.
  static var maximum: Double { @_noLocks @_noAllocation get { 1e-3 } }
  private static var leastStep: Double { 6 }
  private static var greatestStep: Double { 64 }
  private static var lost: Double { 24 }
  private static var slowest: Double { 0.03 }
  /// Frames an interval.
  private static var pace: Double { 0.25 }

  /// True if the sender's clock is not ours.
  private(set) var isDrifting = false
  /// By how much the packets' place moves, in frames a frame: positive where the sender is slow.
  private(set) var slope = 0.0

  /// The shortest transit, which is to be kept; known once `isHolding`.
  private var held = 0.0
  /// What was held at first, to which it returns once the drift is known.
  private var origin = 0.0
  private var isHolding = false
  /// The shortest transit since it moved last, when that was, and to which side: 1, -1, or 0 if never.
  private var level = 0.0
  private var levelSince = DeviceFrame(0)
  private var side = 0.0
  /// From the level, in the last interval.
  private var lastMove = 0.0
  /// The fastest of the last interval, and what it changes by from one to the next.
  private var last = 0.0
  private var lastChange = 0.0
  private var noise = 0.0
  private var integral = 0.0
  /// In rad/s.
  private var frequency = 0.5

  @_noLocks @_noAllocation
  init() {}

  /// Notes what the fastest packet of an interval needed, in frames, after its place had been moved as this
  /// asks for. Returns true if there is something new to go by.
  @_noLocks @_noAllocation
  mutating func note(_ transit: Double, at now: DeviceFrame) -> Bool {
    guard isHolding else {
      isHolding = true
      origin = transit
      last = transit
      hold(transit, at: now)
      return false
    }
    // What changes alike from one to the next is drift and no noise.
    let change = transit - last
    noise += ((change - lastChange).magnitude - noise) / 8
    (last, lastChange) = (transit, change)
    if !isDrifting {
      let move = transit - level
      let smaller = move < 0 ? -max(move, lastMove) : min(move, lastMove)
      lastMove = move
      let step = max(RateControl.leastStep, min(2.3 * noise, RateControl.greatestStep))
      guard smaller >= step else { return false }
      isDrifting = move * side > 0
      integral = RateControl.bounded(move / Double(now - levelSince))
      side = move < 0 ? -1 : 1
      hold(transit, at: now)
      guard isDrifting else { return false }
      held = transit
    }
    held += max(-RateControl.pace, min(origin - held, RateControl.pace))
    let error = transit - held
    if error.magnitude > RateControl.lost, frequency < 0.25 { frequency = 0.25 }
    let perFrame = frequency / Double(DeviceFormat.second)
    integral = RateControl.bounded(
      integral + perFrame * perFrame * Double(ArrivalShape.interval) * error)
    slope = RateControl.bounded(integral + 2 * perFrame * error)
    frequency = max(frequency * 0.98, RateControl.slowest)
    return true
  }

  @_noLocks @_noAllocation
  private mutating func hold(_ transit: Double, at now: DeviceFrame) {
    level = transit
    levelSince = now
    lastMove = 0
  }

  @_noLocks @_noAllocation
  private static func bounded(_ slope: Double) -> Double {
    max(-maximum, min(slope, maximum))
  }
}
