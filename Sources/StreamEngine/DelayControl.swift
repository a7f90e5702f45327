// SPDX-License-Identifier: MIT
internal import MediaClock

/// How long a stream that is placed by arrival is delayed: its link offset is a floor, and what its bursts
/// need comes on top (BUF-02, CLK-05).
///
/// | state | event | then |
/// |---|---|---|
/// | measuring | a late packet | asks for what that needs, at once |
/// | measuring | a second with packets; half of one if some were late | settled: stays where that fits, or moves once |
/// | settled | late packets in four windows in a row, or in most of many | moves to what they needed |
/// | any | the stream is placed anew | measuring |
///
/// A settled delay is never shortened, so that it cannot oscillate.
struct DelayControl: BitwiseCopyable {
  /// The longest delay, in frames: the capture ring holds that, and a burst.
  static var maximum: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(300) } }
  /// A window with late packets counts as many without.
  private static var weight: Int { 4 }
  private static var enough: Int { 16 }

  /// What the receiver asks for, in frames; 0 while it has not been measured.
  private(set) var requested: Int64 = 0
  private var measuring = ArrivalShape.depth
  private var pressure = 0
  /// It has asked for more before it measured.
  private var isWidened = false
  private var slowest = TopTwo()

  @_noLocks @_noAllocation
  init() {}

  /// Returns true if the delay fits the stream, as far as that is known.
  var isSettled: Bool { @_noLocks @_noAllocation get { measuring == 0 } }

  /// Measures anew; the present delay holds until then.
  @_noLocks @_noAllocation
  mutating func begin() {
    measuring = ArrivalShape.depth
    isWidened = false
    pressure = 0
    slowest = TopTwo()
  }

  /// The link offset that packets need of which the slowest was so long under way, in frames: an eighth more, a
  /// quarter of a packet at least.
  @_noLocks @_noAllocation
  static func need(_ transit: Int64, packet: Int64) -> Int64 {
    transit + 1 + max(OffsetControl.guardFrames(packet), transit / 8)
  }

  @_noLocks @_noAllocation
  private static func target(_ need: Int64, _ floor: Int64) -> Int64 {
    guard need > floor else { return floor }
    let millisecond = DeviceFormat.milliseconds(1)
    return max(floor, min((need + millisecond - 1) / millisecond * millisecond, maximum))
  }

  /// Takes in a late packet before the stream has been measured. Returns true if the receiver asks for more.
  ///
  /// - Parameter transit: frames since its first was sampled, and the lead that it needs.
  @_noLocks @_noAllocation
  mutating func widen(_ transit: Int64, packet: Int64, offset: Int64) -> Bool {
    let asked = DelayControl.target(DelayControl.need(transit, packet: packet), offset)
    guard asked > max(requested, offset) else { return false }
    requested = asked
    isWidened = true
    return true
  }

  /// Judges a window that has ended.
  ///
  /// - Parameters:
  ///   - shape: of the last second.
  ///   - offset: the link offset in force.
  ///   - floor: the least link offset.
  ///   - lead: frames that a packet must come earlier than its first is due.
  /// - Returns: nil if all stays as it is; else by how many frames the packets' places are to be moved, so
  ///   that the fastest is taken as sampled just before it came, while what is heard stays where it is.
  @_noLocks @_noAllocation
  mutating func close(
    _ window: ArrivalWindow, _ shape: ArrivalShape, offset: Int64, floor: Int64, lead: Int64
  ) -> Int64? {
    guard measuring == 0 else {
      measuring -= 1
      if window.late > 0, shape.burst > 0 { measuring = 0 }
      return measuring > 0 ? nil : settle(window, shape, offset: offset, floor: floor, lead: lead)
    }
    guard window.late > 0 else {
      pressure = max(0, pressure - 1)
      if pressure == 0 { slowest = TopTwo() }
      return nil
    }
    pressure += DelayControl.weight
    slowest.note(window.slowest)
    guard pressure >= DelayControl.enough else { return nil }
    let need = DelayControl.need(slowest.second + lead, packet: window.longest)
    let asked = DelayControl.target(need, floor)
    pressure = 0
    slowest = TopTwo()
    guard asked > max(requested, offset) else { return nil }
    requested = asked
    return 0
  }

  @_noLocks @_noAllocation
  private mutating func settle(
    _ window: ArrivalWindow, _ shape: ArrivalShape, offset: Int64, floor: Int64, lead: Int64
  ) -> Int64 {
    let fastest = whole(shape.fastest)
    let need = DelayControl.need(shape.burst + lead, packet: window.longest)
    let target = DelayControl.target(need, floor)
    let held = offset - fastest
    let slack = max(DeviceFormat.milliseconds(1), target / 8)
    let tolerance = isWidened ? 0 : DeviceFormat.milliseconds(1)
    guard held >= need, held >= floor - tolerance, held <= target + slack else {
      requested = target
      return fastest
    }
    // What is heard fits: so small a difference is not worth another number.
    let isNear = fastest.magnitude <= DeviceFormat.milliseconds(1)
    requested = isNear ? offset : held
    return isNear ? 0 : fastest
  }
}
