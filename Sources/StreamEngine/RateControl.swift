// SPDX-License-Identifier: MIT
internal import MediaClock

/// How fast the clock of an unsynchronised sender runs, judged by how long its packets seem to be under
/// way: a sender that is fast seems to have ever shorter ways (CLK-05).
///
/// | state | event | then |
/// |---|---|---|
/// | beginning | an interval has ended | holds what its fastest packet needed |
/// | holding | the fastest of two in a row needed a step more, or less | moved: holds that beside what it held first |
/// | moved | a step again, to the other side | moved |
/// | moved | a step again, to the same side | drifts: the stream has to be resampled |
/// | drifting | each interval | turns the rate so that the fastest returns, ever more slowly |
/// | drifting | 24 frames off, or four times the noise | turns fast again |
///
/// The fastest packet is what the clocks alone decide: a host that stands still for 20 ms makes the
/// average way of a quarter of a second longer by a millisecond, and the shortest not at all. What moves it
/// but once is another path through the network, or another processor that the thread runs on now: a clock
/// that runs off goes on to run off. A step is 6 frames, and 2.3 times what the fastest changes by anyhow
/// beside a steady drift where that is more: a sender that a timer wakes is not so exact.
///
/// An interval is a quarter of a second. A sender that hands over 50 ms of audio at once has but five
/// moments in it, each as late as its timer is, and the fastest of five says little: an interval of such a sender is
/// as many quarters as hold 40 bursts, 15 at most.
///
/// A loop of second order, critically damped: its frequency, with which it finds the rate, falls from an eighth
/// of a radian an interval to 0.03 rad/s, with which a network's jitter moves the rate by no more than a few
/// millionths. What had run off before the drift was seen is taken back at 21 ppm: no error of the loop, which would
/// turn the rate by hundreds.
struct RateControl: BitwiseCopyable {
  /// No clock of any use errs by more: 1000 ppm.
  static var maximum: Double { @_noLocks @_noAllocation get { 1e-3 } }
  private static var minimumStep: Double { 6 }
  private static var maximumStep: Double { 64 }
  private static var lost: Double { 24 }
  private static var slowest: Double { 0.03 }
  /// In rad/s, for an interval of a quarter of a second.
  private static var fastest: Double { 0.5 }
  /// Frames a quarter of a second.
  private static var pace: Double { 0.25 }
  /// Bursts in an interval.
  private static var burstsPerInterval: Int64 { 40 }
  /// Quarters of a second in an interval.
  private static var maximumQuarters: Int64 { 15 }

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
  private var frequency = RateControl.fastest
  /// Quarters of a second of the present interval that have ended, and the fastest packet of them.
  private var quarters: Int64 = 0
  private var fastestYet = Double.infinity

  @_noLocks @_noAllocation
  init() {}

  /// Notes what the fastest packet of a quarter of a second needed, in frames, after its place had been moved as
  /// this asks for. Returns true if there is something new to go by.
  ///
  /// - Parameter burst: how much audio comes at once, in frames.
  @_noLocks @_noAllocation
  mutating func note(_ transit: Double, burst: Int64, at now: DeviceFrame) -> Bool {
    fastestYet = min(fastestYet, transit)
    quarters += 1
    let wanted = RateControl.burstsPerInterval * burst / ArrivalShape.interval
    guard quarters >= min(wanted, RateControl.maximumQuarters) else { return false }
    let (fastest, count) = (fastestYet, Double(quarters))
    (fastestYet, quarters) = (.infinity, 0)
    return judge(fastest, quarters: count, at: now)
  }

  /// Judges an interval that has ended.
  @_noLocks @_noAllocation
  private mutating func judge(_ transit: Double, quarters: Double, at now: DeviceFrame) -> Bool {
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
      let step = max(RateControl.minimumStep, min(2.3 * noise, RateControl.maximumStep))
      guard smaller >= step else { return false }
      isDrifting = move * side > 0
      integral = RateControl.bounded(move / Double(now - levelSince))
      side = move < 0 ? -1 : 1
      hold(transit, at: now)
      guard isDrifting else { return false }
      held = transit
    }
    turn(transit, quarters: quarters)
    return true
  }

  /// Turns the rate so that the fastest packet needs what is to be held.
  @_noLocks @_noAllocation
  private mutating func turn(_ transit: Double, quarters: Double) {
    let pace = RateControl.pace * quarters
    held += max(-pace, min(origin - held, pace))
    let error = transit - held
    // Of longer intervals a loop that is as fast would overshoot.
    let fastest = RateControl.fastest / quarters
    if error.magnitude > max(RateControl.lost, 4 * noise) {
      frequency = max(frequency, fastest / 2)
    }
    frequency = min(frequency, fastest)
    let perFrame = frequency / Double(DeviceFormat.second)
    let length = Double(ArrivalShape.interval) * quarters
    integral = RateControl.bounded(integral + perFrame * perFrame * length * error)
    slope = RateControl.bounded(integral + 2 * perFrame * error)
    frequency = max(frequency * 0.98, RateControl.slowest)
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
