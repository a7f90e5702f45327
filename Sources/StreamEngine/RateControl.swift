// SPDX-License-Identifier: MIT
internal import MediaClock

/// Finds the clock rate of an unsynchronised sender by the transit of its packets: if its clock is fast,
/// transit times seem to become ever shorter (CLK-05).
///
/// | state | event | then |
/// |---|---|---|
/// | beginning | an interval has ended | holds the transit of its fastest packet |
/// | holding | the fastest packets of two intervals in a row are a step slower, or faster | moved: keeps that transit beside the first one |
/// | moved | another step, in the other direction | moved |
/// | moved | another step, in the same direction | drifting: the stream must be resampled |
/// | drifting | each interval | changes the rate so that the transit returns, ever more slowly |
/// | drifting | 24 frames off, or four times the noise | changes the rate fast again |
///
/// The fastest packet depends only on the clocks: a host that stalls for 20 ms makes the average transit of a
/// quarter of a second longer by a millisecond, and the shortest not at all. Another path through the network,
/// or another processor for the sender's thread, moves the shortest transit once; a drifting clock moves it on
/// and on. A step is 6 frames, or 2.3 times the noise beside a steady drift if that is more, because a sender
/// that a timer wakes is less exact.
///
/// An interval is a quarter of a second. A sender that delivers 50 ms of audio at once has only five bursts in
/// it, each as late as its timer, so that the fastest of five means little. An interval of such a sender has as
/// many quarters as hold 40 bursts, 15 at most.
///
/// The loop is of second order and critically damped. Its frequency, with which it finds the rate, falls from
/// an eighth of a radian an interval to 0.03 rad/s, with which a network's jitter changes the rate by no more
/// than a few millionths. The drift that had accumulated before it was detected is corrected at 21 ppm. It is
/// not an error for the loop, which would change the rate by hundreds of ppm.
struct RateControl: BitwiseCopyable {
  /// The greatest error of a usable clock: 1000 ppm.
  static var maximum: Double { @_noLocks @_noAllocation get { 1e-3 } }
  private static var minimumStep: Double { 6 }
  private static var maximumStep: Double { 64 }
  private static var lost: Double { 24 }
  private static var slowest: Double { 0.03 }
  /// In rad/s, for an interval of a quarter of a second.
  private static var fastest: Double { 0.5 }
  /// Frames in a quarter of a second.
  private static var pace: Double { 0.25 }
  /// The number of bursts in an interval.
  private static var burstsPerInterval: Int64 { 40 }
  /// The maximum number of quarters of a second in an interval.
  private static var maximumQuarters: Int64 { 15 }

  /// True if the sender's clock drifts against ours.
  private(set) var isDrifting = false
  /// The movement of the packets' place, in frames per frame; positive if the sender is slow.
  private(set) var slope = 0.0

  /// The shortest transit, which the loop keeps constant; known once `isHolding`.
  private var held = 0.0
  /// The transit that was held first, and to which the loop returns once the drift is known.
  private var origin = 0.0
  private var isHolding = false
  /// The shortest transit since the last step, the time of that step, and its direction: 1, -1, or 0 if there
  /// was none.
  private var level = 0.0
  private var levelSince = DeviceFrame(0)
  private var side = 0.0
  /// The distance from the level in the last interval.
  private var lastMove = 0.0
  /// The transit of the last interval's fastest packet, and its change from one interval to the next.
  private var last = 0.0
  private var lastChange = 0.0
  private var noise = 0.0
  private var integral = 0.0
  /// In rad/s.
  private var frequency = RateControl.fastest
  /// The quarters of a second of the present interval that have ended, and their fastest packet.
  private var quarters: Int64 = 0
  private var fastestYet = Double.infinity

  @_noLocks @_noAllocation
  init() {}

  /// Notes the transit of the fastest packet of a quarter of a second, in frames, after its place had moved as
  /// requested. Returns true if there is a new rate.
  ///
  /// - Parameter burst: the audio that arrives at once, in frames.
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
    // An equal change from one interval to the next is drift, not noise.
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

  /// Changes the rate so that the fastest packet returns to the transit that is to be held.
  @_noLocks @_noAllocation
  private mutating func turn(_ transit: Double, quarters: Double) {
    let pace = RateControl.pace * quarters
    held += max(-pace, min(origin - held, pace))
    let error = transit - held
    // With longer intervals, a loop with the same frequency would overshoot.
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
